import type { ResolvedHostname } from "../../store/naming/contract.ts";

const NANOSECONDS_A_MILLISECOND = 1_000_000n;

/** The map of `hostname-resolve-cache`: host to resolved name and the end of its time, in Unix nanoseconds. */
export const resolveCacheJson = (
	resolves: readonly ResolvedHostname[],
	expiryMinutes: number,
) =>
	Object.fromEntries(
		resolves.map(({ hostname, resolved, atMs }) => [
			hostname,
			{
				Object: resolved,
				Expiration:
					BigInt(atMs + expiryMinutes * 60_000) * NANOSECONDS_A_MILLISECOND,
			},
		]),
	);
