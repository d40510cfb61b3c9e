import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Thousands of servers are met within seconds of a start: they are written together. Milliseconds. */
const COLLECT_MS = 1_000;

/** A store that is away is asked again after so long. Milliseconds. */
const AGAIN_MS = 10_000;

/**
 * Carries into the store which servers let the account in with TLS only. A store that fails is told of by whoever watches; what is
 * to be written waits here, the latest of each server.
 */
export const createTlsLedger = (store: Pick<Store, "tlsNeeds">) => {
	const waiting = new Map<InstanceName, boolean>();
	let timer: NodeJS.Timeout | undefined;

	const later = (ms: number): void => {
		if (timer === undefined) timer = setTimeout(() => void write(), ms).unref();
	};

	const write = async (): Promise<void> => {
		const batch = [...waiting];
		waiting.clear();
		let againMs = COLLECT_MS;
		try {
			await store.tlsNeeds.note(
				batch.map(([instance, isRequired]) => ({ instance, isRequired })),
			);
		} catch {
			againMs = AGAIN_MS;
			for (const [instance, isRequired] of batch)
				if (!waiting.has(instance)) waiting.set(instance, isRequired);
		}
		timer = undefined;
		if (waiting.size > 0) later(againMs);
	};

	return (instance: InstanceName, isRequired: boolean): void => {
		waiting.set(instance, isRequired);
		later(COLLECT_MS);
	};
};
