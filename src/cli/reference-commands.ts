/**
 * The 127 names of the reference's command line, so that a command that is not built here can be told
 * from a word that never was one.
 */
export const REFERENCE_COMMANDS: ReadonlySet<string> = new Set(
	`relocate relocate-below relocate-replicas take-siblings regroup-replicas
	move-up move-up-replicas move-below move-equivalent repoint repoint-replicas take-master make-co-master
	get-candidate-replica regroup-replicas-bls
	move-gtid move-replicas-gtid regroup-replicas-gtid
	match match-up rematch match-replicas match-up-replicas regroup-replicas-pgtid
	enable-gtid disable-gtid which-gtid-errant gtid-errant-reset-master skip-query stop-replica start-replica
	restart-replica reset-replica detach-replica-master-host reattach-replica-master-host master-pos-wait
	enable-semi-sync-master disable-semi-sync-master enable-semi-sync-replica disable-semi-sync-replica
	restart-replica-statements can-replicate-from is-replicating is-replication-stopped
	set-read-only set-writeable flush-binary-logs purge-binary-logs last-pseudo-gtid locate-gtid-errant
	last-executed-relay-entry correlate-relaylog-pos find-binlog-entry correlate-binlog-pos
	submit-pool-instances cluster-pool-instances which-heuristic-cluster-pool-instances
	tags tag-value tagged tag untag untag-all submit-masters-to-kv-stores
	find search clusters clusters-alias all-clusters-masters topology topology-tabulated topology-tags all-instances
	which-instance which-cluster which-cluster-alias which-cluster-domain which-heuristic-domain-instance
	which-cluster-master which-cluster-instances which-cluster-osc-replicas which-cluster-gh-ost-replicas which-master
	which-downtimed-instances which-replicas which-lost-in-recovery instance-status get-cluster-heuristic-lag
	discover forget begin-maintenance end-maintenance in-maintenance begin-downtime end-downtime
	recover recover-lite force-master-failover force-master-takeover graceful-master-takeover
	graceful-master-takeover-auto replication-analysis ack-all-recoveries ack-cluster-recoveries
	ack-instance-recoveries disable-global-recoveries enable-global-recoveries check-global-recoveries
	register-candidate register-hostname-unresolve deregister-hostname-unresolve set-heuristic-domain-instance
	snapshot-topologies continuous active-nodes access-token resolve reset-hostname-resolve-cache dump-config
	show-resolve-hosts show-unresolve-hosts redeploy-internal-db internal-suggest-promoted-replacement
	custom-command bulk-instances bulk-promotion-rules help`.split(/\s+/),
);

/** Whether the reference has a command of that name, which is no synonym. */
export const isReferenceCommand = (name: string): boolean =>
	REFERENCE_COMMANDS.has(name);

/** How many there are. */
export const REFERENCE_COMMAND_COUNT = REFERENCE_COMMANDS.size;
