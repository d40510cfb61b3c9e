import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { BatonError, ERROR_KINDS, type ErrorCode } from "../src/errors.ts";
import { ServerFault } from "../src/mysql/driver-error.ts";
import { applicationFailure, translated } from "./failure.ts";

describe("a thrown value as a failure in a history", () => {
	it.each(Object.keys(ERROR_KINDS) as ErrorCode[])(
		"carries the code %s",
		(code) => {
			expect(applicationFailure(new BatonError(code, "why"))).toMatchObject({
				type: code,
				message: "why",
			});
		},
	);

	it("is retried only where a retry can help, and nobody waits for an answer", () => {
		const retried = (Object.keys(ERROR_KINDS) as ErrorCode[]).filter(
			(code) =>
				applicationFailure(new BatonError(code, "")).nonRetryable !== true,
		);
		expect(retried).toEqual([
			"TooManyListeners",
			"ServerUnreachable",
			"TemporalUnavailable",
			"StoreUnavailable",
			"Internal",
		]);
	});

	it("is retried when nobody foresaw it, unless our own code made a mistake, which it would make again", () => {
		for (const [thrown, nonRetryable] of [
			["boom", false],
			[new Error("boom"), false],
			[new TypeError("boom"), true],
			[new RangeError("boom"), true],
		])
			expect(applicationFailure(thrown)).toMatchObject({
				type: "Internal",
				message: "boom",
				nonRetryable,
			});
	});

	it("names a server's fault by the catalogue", () => {
		const failure = applicationFailure(new ServerFault("timeout", "no answer"));
		expect(Object.keys(ERROR_KINDS)).toContain(failure.type);
		expect(failure.type).not.toBe("Internal");
	});

	it("brings no cause and no stack of ours with it", () => {
		const secret = new Error("CHANGE REPLICATION SOURCE … PASSWORD='x'");
		const failure = applicationFailure(
			new BatonError("ServerError", "refused", { cause: secret }),
		);
		expect(failure.cause).toBeUndefined();
		expect(JSON.stringify(failure.details ?? [])).not.toContain("PASSWORD");
	});

	it("stays as it is when it is one", () => {
		const failure = ApplicationFailure.nonRetryable("x", "Busy");
		expect(applicationFailure(failure)).toBe(failure);
	});
});

it("translates what activities throw, and leaves their answers alone", async () => {
	const activities = translated({
		good: async (input: { n: number }) => input.n + 1,
		bad: async () => {
			throw new BatonError("Superseded", "a newer attempt runs");
		},
	});
	expect(await activities.good({ n: 1 })).toBe(2);
	await expect(activities.bad()).rejects.toMatchObject({
		type: "Superseded",
		nonRetryable: true,
	});
});
