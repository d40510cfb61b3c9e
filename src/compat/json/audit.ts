import type { AuditRecord } from "../../store/contract.ts";
import { nameJson, timestamp } from "./values.ts";

/** `Audit` of api.md §9.1; a global entry has the empty key. */
export const auditJson = (record: AuditRecord) => ({
	AuditId: record.id,
	AuditTimestamp: timestamp(record.atMs),
	AuditType: record.type,
	AuditInstanceKey: nameJson(record.instance),
	Message: record.message,
});
