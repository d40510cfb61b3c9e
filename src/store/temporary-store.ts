/** For tests: stores in real files that are gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Store } from "./contract.ts";
import { openStore, type StoreOptions } from "./open-store.ts";

export interface TemporaryStores {
	readonly file: string;
	/** Opens the file once more; every store is closed at the end. */
	open(options?: Partial<StoreOptions>): Promise<Store>;
	remove(): Promise<void>;
}

export const temporaryStores = (): TemporaryStores => {
	const directory = mkdtempSync(path.join(tmpdir(), "baton-store-"));
	const file = path.join(directory, "baton.sqlite3");
	const opened: Store[] = [];
	return {
		file,
		open: async (options = {}) => {
			const store = await openStore({ file, ...options });
			opened.push(store);
			return store;
		},
		remove: async () => {
			for (const store of opened) await store.close();
			rmSync(directory, { recursive: true, force: true });
		},
	};
};
