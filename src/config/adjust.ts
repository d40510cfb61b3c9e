/**
 * What happens to a configuration after each single file: refusals and adjustments in orchestrator's
 * order, which matters, as some refusals look at adjusted values. Derived values stay when later files are applied.
 */

import { errors } from "../errors.ts";
import { OWN_HINT, OWN_MARKER } from "../topology/pseudo-gtid/own-text.ts";
import { advertiseProblem } from "./advertise-url.ts";
import { type CredentialSources, resolveCredentials } from "./credentials.ts";
import { type Configuration, withValues } from "./keys.ts";

/** A refusal is a text, an adjustment some values, and nothing to do is undefined. */
type Step = (
	configuration: Configuration,
) => string | Partial<Configuration> | undefined;

const blockPeriod: Step = (c) =>
	c.RecoveryPeriodBlockSeconds === 0 && c.RecoveryPeriodBlockMinutes > 0
		? { RecoveryPeriodBlockSeconds: c.RecoveryPeriodBlockMinutes * 60 }
		: undefined;

const lagQuery: Step = (c) => {
	if (c.SlaveLagQuery === "") return undefined;
	if (c.ReplicationLagQuery === "")
		return { ReplicationLagQuery: c.SlaveLagQuery, SlaveLagQuery: "" };
	return c.ReplicationLagQuery === c.SlaveLagQuery
		? undefined
		: '"ReplicationLagQuery" and "SlaveLagQuery" are synonyms and cannot both be set; remove "SlaveLagQuery"';
};

const detachSynonyms: Step = (c) => ({
	DetachLostReplicasAfterMasterFailover:
		c.DetachLostReplicasAfterMasterFailover ||
		c.DetachLostSlavesAfterMasterFailover,
	MasterFailoverDetachReplicaMasterHost:
		c.MasterFailoverDetachReplicaMasterHost ||
		c.MasterFailoverDetachSlaveMasterHost,
});

const failOrDelay: Step = (c) =>
	c.FailMasterPromotionIfSQLThreadNotUpToDate &&
	c.DelayMasterPromotionIfSQLThreadNotUpToDate
		? '"FailMasterPromotionIfSQLThreadNotUpToDate" and "DelayMasterPromotionIfSQLThreadNotUpToDate" cannot both be true; choose one'
		: undefined;

const lagNeedsQuery: Step = (c) =>
	c.FailMasterPromotionOnLagMinutes > 0 && c.ReplicationLagQuery === ""
		? '"FailMasterPromotionOnLagMinutes" needs "ReplicationLagQuery"; set it too'
		: undefined;

const postponeSynonyms: Step = (c) => {
	const [replica, slave] = [
		c.PostponeReplicaRecoveryOnLagMinutes,
		c.PostponeSlaveRecoveryOnLagMinutes,
	];
	if (slave === 0 || replica === slave) return undefined;
	return replica === 0
		? { PostponeReplicaRecoveryOnLagMinutes: slave }
		: '"PostponeReplicaRecoveryOnLagMinutes" and "PostponeSlaveRecoveryOnLagMinutes" are synonyms and cannot both be set; remove the second';
};

const urlPrefix: Step = (c) =>
	c.URLPrefix === ""
		? undefined
		: { URLPrefix: `/${c.URLPrefix.replace(/^\/+|\/+$/g, "")}` };

const sqliteFile: Step = (c) =>
	c.BackendDB.includes("sqlite") && c.SQLite3DataFile === ""
		? '"SQLite3DataFile" must be set when "BackendDB" is sqlite; name the file'
		: undefined;

const raft: Step = (c) => {
	if (c.RaftEnabled && c.RaftDataDir === "")
		return '"RaftDataDir" must be set since "RaftEnabled" is true; set it, or remove "RaftEnabled"';
	if (c.RaftEnabled && c.RaftBind === "")
		return '"RaftBind" must be set since "RaftEnabled" is true; set it, or remove "RaftEnabled"';
	return c.RaftAdvertise === "" ? { RaftAdvertise: c.RaftBind } : undefined;
};

const kvPrefix: Step = (c) => ({
	KVClusterMasterPrefix: `${c.KVClusterMasterPrefix.replace(/\/+$/, "")}/`,
});

const pseudoGtid: Step = (c) =>
	c.AutoPseudoGTID
		? {
				PseudoGTIDPattern: OWN_MARKER,
				PseudoGTIDPatternIsFixedSubstring: true,
				PseudoGTIDMonotonicHint: OWN_HINT,
				DetectPseudoGTIDQuery: "select 1",
			}
		: undefined;

const advertise: Step = (c) => {
	const problem = advertiseProblem(c.HTTPAdvertise);
	if (problem !== undefined) return `"HTTPAdvertise" ${problem}`;
	// The buffer is looked at only where HTTPAdvertise is set: an oversight that sites may rely on.
	return c.HTTPAdvertise !== "" && c.InstanceWriteBufferSize <= 0
		? { BufferInstanceWrites: false }
		: undefined;
};

const consulTransaction: Step = (c) => ({
	ConsulMaxKVsPerTransaction: Math.min(
		64,
		Math.max(5, c.ConsulMaxKVsPerTransaction),
	),
});

const lockedSemiSync: Step = (c) =>
	c.ReasonableLockedSemiSyncMasterSeconds === 0
		? {
				ReasonableLockedSemiSyncMasterSeconds:
					c.ReasonableReplicationLagSeconds,
			}
		: undefined;

const STEPS: readonly Step[] = [
	blockPeriod,
	lagQuery,
	detachSynonyms,
	failOrDelay,
	lagNeedsQuery,
	postponeSynonyms,
	urlPrefix,
	sqliteFile,
	raft,
	kvPrefix,
	pseudoGtid,
	advertise,
	consulTransaction,
	lockedSemiSync,
];

/** The configuration as it is after `file`. Throws BatonError BadConfiguration naming file, key, reason and remedy. */
export const adjustAfterFile = (
	configuration: Configuration,
	file: string,
	sources: CredentialSources,
): Configuration => {
	let adjusted = resolveCredentials(configuration, sources);
	for (const step of STEPS) {
		const result = step(adjusted);
		if (typeof result === "string")
			throw errors.badConfiguration({ file, why: result });
		if (result !== undefined) adjusted = withValues(adjusted, result);
	}
	return adjusted;
};
