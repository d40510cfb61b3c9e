// What the tests of a describe block share: a lab, and whatever each of them leaves going.

import { afterAll, afterEach, beforeAll } from "vitest";
import type { Lab } from "../lab/lab.ts";
import type { Relief } from "../lab/trouble.ts";
import {
	createWriter,
	type Writer,
	type WriterOptions,
} from "../lab/writer.ts";
import { type SharedLab, shareLab, TEST_MS } from "./system.ts";

export interface Stage {
	readonly lab: () => Lab;
	readonly afresh: SharedLab["afresh"];
	/** A writer that so many of its writes were answered to; it is stopped behind the test. */
	readonly writes: (
		options: WriterOptions,
		answered?: number,
	) => Promise<Writer>;
	/** Run behind the test when the writers have stopped, the last first. */
	readonly reliefs: Relief[];
}

/** Made before the first test of the block, stopped after the last. */
export const createStage = (options: Parameters<typeof shareLab>[0]): Stage => {
	let made: SharedLab | undefined;
	beforeAll(async () => {
		made = await shareLab(options);
	}, TEST_MS);
	afterAll(async () => made?.stop(), TEST_MS);
	const shared = (): SharedLab => {
		if (made === undefined) throw new Error("the lab was not laid");
		return made;
	};

	const writers: Writer[] = [];
	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const writer of writers.splice(0)) await writer.stop();
		for (const relief of reliefs.splice(0).reverse()) await relief();
	}, TEST_MS);

	return {
		lab: () => shared().lab,
		afresh: (afreshOptions) => shared().afresh(afreshOptions),
		writes: async (writerOptions, answered = 20) => {
			const writer = createWriter(writerOptions);
			writers.push(writer);
			writer.start();
			await writer.waitAcknowledged(answered);
			return writer;
		},
		reliefs,
	};
};
