/**
 * What one process of the command line has open. Invariants:
 * 1. Nothing is opened before a command asks for it, and nothing twice.
 * 2. Everything that was opened is closed, in reverse order, however the command ends.
 */
import type { LoadedConfiguration } from "../config/load.ts";
import type { Log } from "../log.ts";
import type { Discovery, Operator } from "../planning/operation.ts";
import type { Rolling } from "../rolling/port.ts";
import type { Store } from "../store/contract.ts";
import type { CliDependencies } from "./dependencies.ts";

export interface Session {
	store(): Promise<Store>;
	operator(): Promise<Operator>;
	rolling(): Promise<Rolling>;
	discovery(): Promise<Discovery>;
	close(): Promise<void>;
}

const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
	let opened: Promise<T> | undefined;
	return () => {
		opened ??= open();
		return opened;
	};
};

export const createSession = (
	deps: CliDependencies,
	{ config }: LoadedConfiguration,
	log: Log,
	{
		isBreakGlass,
		mayMakeStore,
	}: { readonly isBreakGlass: boolean; readonly mayMakeStore: boolean },
	/** Open already, and closed by whoever opened it. */
	given?: Store,
): Session => {
	const closers: (() => Promise<void>)[] = [];
	const store = once(async () => {
		if (given !== undefined) return given;
		const opened = await deps.openStore(config, mayMakeStore);
		closers.push(() => opened.close());
		if (Object.keys(config.ClusterNameToAlias).length === 0) return opened;
		const { withMappedAliases } = await import("../compat/mapped-aliases.ts");
		return withMappedAliases(opened, () => config.ClusterNameToAlias);
	});
	const operator = once(async () => {
		const connect = isBreakGlass ? deps.breakGlass : deps.connectOperator;
		const connected = await connect(config, await store(), log);
		closers.push(connected.close);
		return connected.value;
	});
	const rolling = once(async () => {
		const connected = await deps.connectRolling(config, await store(), log);
		closers.push(connected.close);
		return connected.value;
	});
	const discovery = once(async () => {
		const connected = await deps.connectDiscovery(config, await store(), log);
		closers.push(connected.close);
		return connected.value;
	});
	return {
		store,
		operator,
		rolling,
		discovery,
		close: async () => {
			for (const close of closers.reverse()) await close();
		},
	};
};
