import { expect, it } from "vitest";
import { replacedSince } from "./outdated.ts";

const BY_B = { instance: "a:3306", successor: "b:3306", atMs: 1_000 } as const;

it("is outdated what was seen of a server before another took its place", () => {
	const seen = { instance: "a:3306", lookedAtMs: 999 } as const;
	expect(replacedSince(seen, [BY_B])).toBe("b:3306");
	expect(replacedSince({ ...seen, lookedAtMs: 0 }, [BY_B])).toBe("b:3306");
});

it("is not what was seen after that, of another server, or by who does not say when", () => {
	const seen = { instance: "a:3306", lookedAtMs: 1_000 } as const;
	expect(replacedSince(seen, [BY_B])).toBeUndefined();
	const older = { ...seen, lookedAtMs: 500 };
	expect(replacedSince({ ...older, instance: "b:3306" }, [BY_B])).toBe(
		undefined,
	);
	expect(replacedSince({ instance: "a:3306" }, [BY_B])).toBeUndefined();
	expect(replacedSince(older, [])).toBeUndefined();
});

it("is not while nobody has taken its place: the operation runs, or promoted nobody", () => {
	const seen = { instance: "a:3306", lookedAtMs: 500 } as const;
	expect(replacedSince(seen, [{ ...BY_B, atMs: 0 }])).toBeUndefined();
	expect(replacedSince(seen, [{ ...BY_B, successor: "" }])).toBeUndefined();
});

it("goes by the last of several replacements", () => {
	const back = {
		instance: "a:3306",
		successor: "c:3306",
		atMs: 3_000,
	} as const;
	const seen = { instance: "a:3306", lookedAtMs: 2_000 } as const;
	expect(replacedSince(seen, [BY_B])).toBeUndefined();
	expect(replacedSince(seen, [BY_B, back])).toBe("c:3306");
});
