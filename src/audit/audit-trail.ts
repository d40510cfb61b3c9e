import { appendFile } from "node:fs/promises";
import type { Configuration } from "../config/keys.ts";
import type { AuditRecord, Store } from "../store/contract.ts";
import { splitName } from "../topology/instance-name.ts";

type Entry = Omit<AuditRecord, "id">;

/** Writes one audit entry wherever the configuration wants it: AuditLogFile, AuditToBackendDB, both or neither. */
export type AuditTrail = (entry: Entry) => Promise<void>;

const oneLine = (text: string): string => text.replace(/[\t\r\n]+/g, " ");

/** Tab-separated: time, type, host, port, cluster, message. */
const lineOf = (entry: Entry): string => {
	const { host, port } =
		entry.instance === "" ? { host: "", port: 0 } : splitName(entry.instance);
	const at = new Date(entry.atMs).toISOString().slice(0, 19).replace("T", " ");
	return `${[at, entry.type, host, port, `[${entry.clusterName}]`, entry.message].map((each) => oneLine(String(each))).join("\t")}\n`;
};

/** @throws when the file or the store cannot be written: an audit that is lost in silence is none */
export const createAuditTrail =
	(store: Pick<Store, "audit">, config: () => Configuration): AuditTrail =>
	async (entry) => {
		const { AuditLogFile, AuditToBackendDB } = config();
		if (AuditLogFile !== "")
			await appendFile(AuditLogFile, lineOf(entry), { mode: 0o640 });
		if (AuditToBackendDB) await store.audit.write(entry);
	};
