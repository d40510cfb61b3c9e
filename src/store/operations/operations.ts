/**
 * Who may act on a cluster.
 * 1. At most one run holds an identity at a time.
 * 2. A cluster's epoch rises by one with each new claim and never falls, whatever happens to claims, members and names.
 * 3. Within an epoch the newest attempt at a step is the only current one.
 * 4. What is asked for by a name is begun by one run only.
 */
import type { OperationClaim, Operations } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { removedRows } from "../rows/removed-rows.ts";
import { isOfNow } from "./epoch.ts";

type ClaimInput = Parameters<Operations["claim"]>[0];

const claims = (queries: Queries) =>
	queries
		.selectFrom("baton_operation")
		.select([
			"identity",
			"epoch",
			"workflow_id as workflowId",
			"run_id as runId",
			"kind",
			"started_ms as startedAtMs",
		])
		.orderBy("started_ms")
		.orderBy("identity");

const currentClaim = (
	queries: Queries,
	identity: string,
): Promise<OperationClaim | undefined> =>
	claims(queries).where("identity", "=", identity).executeTakeFirst();

/** Raises the epoch; a cluster that nobody adopted (its rows come from another program) gets its record here. */
const nextEpoch = async (
	driver: StoreDriver,
	queries: Queries,
	input: ClaimInput,
): Promise<number> => {
	const { identity } = input;
	const before = await queries
		.selectFrom("baton_cluster")
		.select("epoch")
		.where("identity", "=", identity)
		.executeTakeFirst();
	if (before === undefined) {
		await driver.upsert(queries, "baton_cluster", ["identity"], {
			identity,
			cluster_name: identity,
			epoch: 1,
			created_ms: input.nowMs,
		});
		return 1;
	}
	await queries
		.updateTable("baton_cluster")
		.set({ epoch: before.epoch + 1 })
		.where("identity", "=", identity)
		.execute();
	return before.epoch + 1;
};

const begunRequest = (queries: Queries, request: string) =>
	queries
		.selectFrom("baton_request")
		.select(["run_id as runId", "begun_ms as atMs"])
		.where("request_hash", "=", request)
		.executeTakeFirst();

/** To its own run, unless that has taken the cluster since the try began that asks, and to whom is named. */
const givesWay = (
	{ runId, epoch }: OperationClaim,
	{ runId: asking, heldAt = epoch, preempt }: ClaimInput,
): boolean => (runId === asking ? epoch === heldAt : runId === preempt);

const claim = async (
	driver: StoreDriver,
	queries: Queries,
	input: ClaimInput,
): ReturnType<Operations["claim"]> => {
	const { request } = input;
	const begun =
		request === undefined ? undefined : await begunRequest(queries, request);
	if (begun !== undefined && begun.runId !== input.runId)
		return { claimed: false, begun };
	const holder = await currentClaim(queries, input.identity);
	if (holder && !givesWay(holder, input)) return { claimed: false, holder };
	const epoch = await nextEpoch(driver, queries, input);
	await driver.upsert(queries, "baton_operation", ["identity"], {
		identity: input.identity,
		epoch,
		workflow_id: input.workflowId,
		run_id: input.runId,
		kind: input.kind,
		started_ms: input.nowMs,
	});
	await queries
		.deleteFrom("baton_step_attempt")
		.where("identity", "=", input.identity)
		.where("epoch", "<", epoch)
		.execute();
	if (request !== undefined && begun === undefined)
		await driver.upsert(queries, "baton_request", ["request_hash"], {
			request_hash: request,
			run_id: input.runId,
			begun_ms: input.nowMs,
		});
	return { claimed: true, epoch };
};

type Asking = Parameters<Operations["isCurrent"]>[0];

/** Steps are numbered in the order in which they are asked for: one that comes later takes back what is cancelled, or goes on from it. */
const isLater = (step: string, than: string): boolean =>
	/^\d+$/.test(step) && /^\d+$/.test(than) && Number(step) > Number(than);

/** @returns undefined when the attempt has yet to be recorded as the newest */
const isKnownCurrent = async (
	queries: Queries,
	input: Asking,
): Promise<boolean | undefined> => {
	if (!(await isOfNow(queries, input))) return false;
	const { identity, epoch, step } = input;
	const asked = await queries
		.selectFrom("baton_step_attempt")
		.select(["step", "attempt"])
		.where("identity", "=", identity)
		.where("epoch", "=", epoch)
		.execute();
	if (asked.some((each) => isLater(each.step, step))) return false;
	const newest = asked.find((each) => each.step === step)?.attempt ?? 0;
	if (newest > input.attempt) return false;
	return newest === input.attempt ? true : undefined;
};

/** Within a transaction: an attempt that is the newest so far is recorded as such. */
export const isCurrent = async (
	driver: StoreDriver,
	queries: Queries,
	input: Asking,
): Promise<boolean> => {
	const known = await isKnownCurrent(queries, input);
	if (known !== undefined) return known;
	const { identity, epoch, step, attempt } = input;
	await driver.upsert(
		queries,
		"baton_step_attempt",
		["identity", "epoch", "step"],
		{ identity, epoch, step, attempt },
	);
	return true;
};

const dropPicture = async (queries: Queries, uid: string): Promise<void> => {
	await queries
		.deleteFrom("baton_operation_picture")
		.where("uid", "=", uid)
		.execute();
};

export const createOperations = (driver: StoreDriver): Operations => {
	const { queries } = driver;
	return {
		// Durable: an epoch that a power cut took back would be given out twice.
		claim: (input) =>
			driver.write((transaction) => claim(driver, transaction, input), {
				durable: true,
			}),
		release: (identity, runId, through) =>
			driver.write(async (transaction) => {
				if (through !== undefined) await dropPicture(transaction, through);
				await transaction
					.deleteFrom("baton_operation")
					.where("identity", "=", identity)
					.where("run_id", "=", runId)
					.execute();
			}),
		begun: (request) => begunRequest(queries, request),
		purgeRequests: (begunBeforeMs) =>
			driver.write((transaction) =>
				removedRows(
					transaction
						.deleteFrom("baton_request")
						.where("begun_ms", "<", begunBeforeMs),
				),
			),
		beginPicture: (uid, epoch, kept) =>
			driver.write(async (transaction) => {
				if (!(await isOfNow(transaction, epoch))) return false;
				const { identity } = epoch;
				await transaction
					.deleteFrom("baton_operation_picture")
					.where("identity", "=", identity)
					.where("uid", "!=", uid)
					.execute();
				await driver.upsert(transaction, "baton_operation_picture", ["uid"], {
					uid,
					identity,
					...kept,
				});
				return true;
			}),
		keepPicture: (uid, kept) =>
			driver.write(async (transaction) => {
				await transaction
					.updateTable("baton_operation_picture")
					.set(kept)
					.where("uid", "=", uid)
					.execute();
			}),
		picture: (uid) =>
			queries
				.selectFrom("baton_operation_picture")
				.select(["picture", "revision"])
				.where("uid", "=", uid)
				.executeTakeFirst(),
		pictureRevision: async (uid) => {
			const row = await queries
				.selectFrom("baton_operation_picture")
				.select("revision")
				.where("uid", "=", uid)
				.executeTakeFirst();
			return row?.revision;
		},
		pictureUid: async (identity) => {
			const row = await queries
				.selectFrom("baton_operation_picture")
				.select("uid")
				.where("identity", "=", identity)
				.executeTakeFirst();
			return row?.uid;
		},
		leftPicture: async (identity) => {
			const row = await queries
				.selectFrom("baton_operation_picture")
				.select("picture")
				.where("identity", "=", identity)
				.executeTakeFirst();
			return row?.picture;
		},
		dropPicture: (uid) =>
			driver.write((transaction) => dropPicture(transaction, uid)),
		current: (identity) => currentClaim(queries, identity),
		running: () => claims(queries).execute(),
		// Asked before each write to a server: only the first time has something to be written.
		isCurrent: async (input) =>
			(await isKnownCurrent(queries, input)) ??
			driver.write((transaction) => isCurrent(driver, transaction, input)),
	};
};
