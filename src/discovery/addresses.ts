import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** How long the addresses of a host are taken to be as they were. Milliseconds. */
const KNOWN_MS = 600_000;

interface Addresses {
	readonly ipv4: string;
	readonly ipv6: string;
}

interface AddressDeps {
	/** Told the addresses of a host when they are found, or have become others. */
	readonly found: (host: string, addresses: Addresses) => void;
	readonly nowMs: () => number;
	/** For tests: in place of the name service. @throws when the host has no address */
	readonly ask?: (
		host: string,
	) => Promise<readonly { readonly address: string }[]>;
}

const first = (
	addresses: readonly { readonly address: string }[],
	family: number,
): string =>
	addresses.find(({ address }) => isIP(address) === family)?.address ?? "";

/**
 * The addresses of the hosts that are watched: key-value stores are told that of a primary.
 * 1. One host is asked for at a time, so that a name service that does not answer holds up nothing else of the process.
 * 2. A host that has no address now keeps the ones that it had.
 */
export const createAddresses = (deps: AddressDeps) => {
	const ask = deps.ask ?? ((host) => lookup(host, { all: true }));
	const known = new Map<string, { untilMs: number; text: string }>();
	const waiting = new Set<string>();
	let isAsking = false;

	const askFor = async (host: string): Promise<void> => {
		const before = known.get(host);
		const entry = {
			untilMs: deps.nowMs() + KNOWN_MS,
			text: before?.text ?? "",
		};
		known.set(host, entry);
		// Without an answer it has none that anybody could use; it is asked for again when its time is over.
		const all = await ask(host).catch(() => []);
		const addresses = { ipv4: first(all, 4), ipv6: first(all, 6) };
		const text = `${addresses.ipv4} ${addresses.ipv6}`;
		if (all.length === 0 || text === entry.text) return;
		entry.text = text;
		deps.found(host, addresses);
	};

	const askAll = async (): Promise<void> => {
		isAsking = true;
		for (const host of waiting) {
			waiting.delete(host);
			await askFor(host);
		}
		isAsking = false;
	};

	return {
		/** The host is watched. */
		note: (host: string): void => {
			const entry = known.get(host);
			if (entry !== undefined && entry.untilMs > deps.nowMs()) return;
			waiting.add(host);
			if (!isAsking) void askAll();
		},
	};
};
