import type { AuditRecord } from "../../store/contract.ts";
import { nameJson, timestamp } from "./values.ts";

/** orchestrator's `Audit`; a global entry has the empty key. */
export const auditJson = (record: AuditRecord) => ({
	AuditId: record.id,
	AuditTimestamp: timestamp(record.atMs),
	AuditType: record.type,
	AuditInstanceKey: nameJson(record.instance),
	Message: record.message,
});
