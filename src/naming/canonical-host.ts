import { lookup, resolveCname } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { errors, errorText } from "../errors.ts";
import type { HostPort } from "../topology/instance-name.ts";

/** @throws BatonError ServerUnreachable when nothing accepts a connection there in time */
export const reach = (
	{ host, port }: HostPort,
	timeoutMs: number,
): Promise<void> =>
	new Promise((resolve, reject) => {
		const fail = (reason: string): void => {
			socket.destroy();
			reject(errors.cannotConnect({ host, port, why: reason }));
		};
		const socket = connect({ host, port, timeout: timeoutMs });
		socket.once("connect", () => {
			socket.destroy();
			resolve();
		});
		socket.once("timeout", () => fail(`no answer within ${timeoutMs} ms`));
		// Stays listened to: an error after the end must not end the process.
		socket.on("error", (error) => fail(errorText(error)));
	});

/** Follows CNAME records to the last name, without a dot at its end. @throws the error of the name service */
export const canonicalName = async (host: string): Promise<string> => {
	const MAX_CHAIN = 8;
	let name = host;
	for (let step = 0; step < MAX_CHAIN; step++) {
		const next = await resolveCname(name).catch((error: unknown) => {
			// The name exists, and is the canonical one.
			if ((error as { code?: unknown }).code === "ENODATA") return [];
			throw error;
		});
		if (next[0] === undefined) return name.replace(/\.$/, "");
		name = next[0];
	}
	return name;
};

const nameOf = async (host: string): Promise<string> => {
	// An address has no other name, and asking for one would send it to the name service as if it were a name.
	if (isIP(host) !== 0) return host;
	try {
		return await canonicalName(host);
	} catch (cause) {
		// Known to this machine alone, by its table of hosts: no alias of anything.
		if (
			(cause as { code?: unknown }).code === "ENOTFOUND" &&
			(await isKnownHere(host))
		)
			return host;
		throw errors.noCanonicalHost({ host, why: errorText(cause) }, { cause });
	}
};

const isKnownHere = (host: string): Promise<boolean> =>
	lookup(host).then(
		() => true,
		() => false,
	);

/**
 * Connects to the port, then asks the name service for the canonical name of the host.
 * @throws BatonError ServerUnreachable when nothing answers there, BadInput when the name service does not know the host
 */
export const canonicalHost = async (
	target: HostPort,
	timeoutMs: number,
): Promise<string> => {
	await reach(target, timeoutMs);
	return nameOf(target.host);
};
