import type { Epoch } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";

/** A cluster that nobody has a record of has been taken by nobody. */
export const epochOf = async (
	queries: Queries,
	identity: string,
): Promise<number> =>
	(
		await queries
			.selectFrom("baton_cluster")
			.select("epoch")
			.where("identity", "=", identity)
			.executeTakeFirst()
	)?.epoch ?? 0;

/** Nobody has taken the cluster since. True as long as the transaction lasts. */
export const isOfNow = async (
	queries: Queries,
	{ identity, epoch }: Epoch,
): Promise<boolean> => (await epochOf(queries, identity)) === epoch;

/** The driver within a transaction: what is written through it is written with that, or not at all. */
export const within = (driver: StoreDriver, queries: Queries): StoreDriver => ({
	...driver,
	queries,
	write: (work) => work(queries),
});

/** @see Store.underEpoch */
export const createUnderEpoch =
	<Part>(driver: StoreDriver, partOf: (driver: StoreDriver) => Part) =>
	(epoch: Epoch, work: (own: Part) => Promise<void>): Promise<boolean> =>
		driver.write(
			async (queries) => {
				if (!(await isOfNow(queries, epoch))) return false;
				await work(partOf(within(driver, queries)));
				return true;
			},
			// Fences are among it: one that is forgotten would let an old primary come back beside the new one.
			{ durable: true },
		);
