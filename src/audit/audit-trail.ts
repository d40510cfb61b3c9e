import { appendFile } from "node:fs/promises";
import { localTimeText } from "../compat/text/local-time.ts";
import type { Configuration } from "../config/keys.ts";
import { oneLine } from "../one-line.ts";
import type { AuditRecord, Store } from "../store/contract.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { createSyslog, type Syslog } from "./syslog.ts";

type Entry = Omit<AuditRecord, "id">;

/**
 * Writes one audit entry wherever the configuration wants it: AuditLogFile, AuditToSyslog, AuditToBackendDB, all or none of
 * them. An entry about a known instance that names no cluster gets that instance's.
 */
export type AuditTrail = (entry: Entry) => Promise<void>;

/** Where an entry is told when neither file nor syslog is for it; one line of INFO. */
interface AuditLog {
	info(text: string): void;
}

const keyOf = (instance: InstanceName | "") =>
	instance === "" ? { host: "", port: 0 } : splitName(instance);

/** Time, type, host, port, cluster, message, each before a tab but the last, which stands before one as well. */
const fileLine = (entry: Entry): string => {
	const { host, port } = keyOf(entry.instance);
	const fields = [
		localTimeText(entry.atMs),
		entry.type,
		host,
		port,
		`[${entry.clusterName}]`,
		entry.message,
	];
	return `${fields.map((each) => `${oneLine(String(each))}\t`).join("")}\n`;
};

const logLine = (entry: Entry): string => {
	const { host, port } = keyOf(entry.instance);
	return `auditType:${entry.type} instance:${host}:${port} cluster:${entry.clusterName} message:${entry.message}`;
};

/** @throws when the file, the syslog or the store cannot be written: an audit that is lost in silence is none */
export const createAuditTrail = (
	store: Pick<Store, "audit" | "inventory">,
	config: () => Configuration,
	log?: AuditLog,
	syslog: Syslog = createSyslog(),
): AuditTrail => {
	const located = async (entry: Entry): Promise<Entry> => {
		if (entry.instance === "" || entry.clusterName !== "") return entry;
		const known = await store.inventory.get(entry.instance);
		return known === undefined
			? entry
			: { ...entry, clusterName: known.clusterName };
	};
	return async (asked) => {
		const { AuditLogFile, AuditToSyslog, AuditToBackendDB } = config();
		const isTold = AuditLogFile === "" && !AuditToSyslog;
		if (isTold && !AuditToBackendDB && log === undefined) return;
		const entry = await located(asked);
		if (AuditLogFile !== "")
			await appendFile(AuditLogFile, fileLine(entry), { mode: 0o640 });
		if (AuditToSyslog) await syslog(oneLine(logLine(entry)));
		if (isTold) log?.info(logLine(entry));
		if (AuditToBackendDB) await store.audit.write(entry);
	};
};
