import { expect, it } from "vitest";
import { createPageOf } from "./page.ts";

const pageOf = createPageOf("http://127.0.0.1:8233", "default");

it("is the timeline of the run, with an id of slashes and colons in one piece", () => {
	expect(pageOf("operate/db1:3306", "0198-run")).toBe(
		"http://127.0.0.1:8233/namespaces/default/workflows/operate%2Fdb1%3A3306/0198-run/timeline",
	);
});

it("without a run is the workflow's, which the UI makes the timeline of the newest run", () => {
	expect(pageOf("operate/db1:3306")).toBe(
		"http://127.0.0.1:8233/namespaces/default/workflows/operate%2Fdb1%3A3306",
	);
	expect(pageOf("operate/db1:3306", "")).toBe(pageOf("operate/db1:3306"));
});

it("is nothing where nobody knows the UI's address", () => {
	expect(createPageOf("", "default")("operate/c", "r")).toBe("");
});
