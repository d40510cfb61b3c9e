import { expect, it } from "vitest";
import { toldOnce } from "./told-once.ts";

it("tells of trouble when it begins, and when it is over", async () => {
	const told: string[] = [];
	const tell = (text: string) => {
		told.push(text);
	};
	const attempt = toldOnce(
		{ info: tell, warn: tell },
		{ fails: "it does not beat", works: "it beats again" },
	);
	const fails = () => Promise.reject(new Error("away"));
	await attempt(() => Promise.resolve());
	for (let nth = 0; nth < 3; nth++) await attempt(fails);
	await attempt(() => Promise.resolve());
	await attempt(fails);
	expect(told).toEqual([
		"it does not beat: away",
		"it beats again",
		"it does not beat: away",
	]);
});
