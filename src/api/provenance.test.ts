import { expect, test } from "vitest";
import { provenanceOf } from "./provenance.ts";

const BROWSER = { host: "baton:3000", "user-agent": "Mozilla/5.0 (X11)" };

test("curl and the stock client are programs", () => {
	expect(provenanceOf({ host: "baton:3000", "user-agent": "curl/8.0" })).toBe(
		"program",
	);
});

test.each(["cross-site", "same-site", "none"])(
	"a browser that says %s comes from elsewhere",
	(site) => {
		expect(provenanceOf({ ...BROWSER, "sec-fetch-site": site })).toBe(
			"elsewhere",
		);
	},
);

test("our own page is told by Sec-Fetch-Site, else by Origin or Referer", () => {
	expect(provenanceOf({ ...BROWSER, "sec-fetch-site": "same-origin" })).toBe(
		"own-page",
	);
	expect(provenanceOf({ ...BROWSER, origin: "http://baton:3000" })).toBe(
		"own-page",
	);
	expect(
		provenanceOf({ ...BROWSER, referer: "http://baton:3000/web/clusters" }),
	).toBe("own-page");
});

test("another origin, a hidden origin and a browser that hides everything are elsewhere", () => {
	expect(provenanceOf({ ...BROWSER, origin: "http://evil" })).toBe("elsewhere");
	expect(provenanceOf({ ...BROWSER, origin: "null" })).toBe("elsewhere");
	expect(provenanceOf(BROWSER)).toBe("elsewhere");
});
