// The codes of the failure analysis, made on real servers: p ← a, p ← m ← l.

import { afterAll, beforeAll, describe, test } from "vitest";
import type { AnalysisCode } from "../../src/analysis/taxonomy-row.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import {
	replicate,
	setReadOnly,
	setSemiSyncSource,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	denyOrchestrator,
	type Relief,
	stallApplier,
	stopReceiver,
} from "../lab/trouble.ts";
import {
	createPicture,
	type LabPicture,
	type Wanted,
} from "./analysis-picture.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

describe.each(FLAVORS)("on %s", (flavor) => {
	let lab: Lab;
	let picture: LabPicture;
	let p: LabServer;
	let a: LabServer;
	let m: LabServer;
	let l: LabServer;

	const shows = (server: LabServer, code: AnalysisCode, wanted: Wanted = {}) =>
		picture.shows([[server, code]], wanted);
	const well = () =>
		picture.shows([
			[p, "NoProblem"],
			[a, "NoProblem"],
			[m, "NoProblem"],
			[l, "NoProblem"],
		]);
	/** The troubles last while the codes are waited for. */
	const within = async (
		begin: readonly (() => Promise<Relief>)[],
		work: () => Promise<unknown>,
	): Promise<void> => {
		const reliefs: Relief[] = [];
		try {
			for (const each of begin) reliefs.push(await each());
			await work();
		} finally {
			for (const relief of reliefs.reverse()) await relief();
		}
	};
	const during: typeof within = async (begin, work) => {
		await within(begin, work);
		await well();
	};
	const killed = (server: LabServer) => async (): Promise<Relief> => {
		await server.kill();
		return () => server.start();
	};
	const stopped = (server: LabServer) => () => stopReceiver(server);
	const paused = (server: LabServer) => async (): Promise<Relief> => {
		server.pause();
		return async () => server.resume();
	};
	const moved =
		(server: LabServer, to: LabServer, back: LabServer) =>
		async (): Promise<Relief> => {
			await replicate(server, to);
			return () => replicate(server, back);
		};
	const word = flavor === "mysql" ? "REPLICA" : "SLAVE";
	const asReplicaOf =
		(server: LabServer, source: LabServer) => async (): Promise<Relief> => {
			await replicate(server, source);
			return async () => {
				await server.query(`STOP ${word}`);
				await server.query(`RESET ${word} ALL`);
			};
		};
	/** The source refuses the account of replication. */
	const lockedOut =
		(server: LabServer, source: LabServer) => async (): Promise<Relief> => {
			await server.query(`STOP ${word}`);
			await server.query(
				flavor === "mysql"
					? "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'wrong'"
					: "CHANGE MASTER TO MASTER_PASSWORD = 'wrong'",
			);
			await server.query(`START ${word}`);
			return () => replicate(server, source);
		};

	beforeAll(async () => {
		lab = await createLab({ flavor });
		const laid = await lab.lay({ replicas: 3 });
		p = laid.primary;
		[a, m, l] = laid.replicas as [LabServer, LabServer, LabServer];
		picture = createPicture(laid.servers);
		await replicate(l, m);
		await well();
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	test(
		"acknowledgements that are missing, or too many",
		async () => {
			const tooMany = { settings: { enforceExactSemiSyncReplicas: true } };
			await shows(p, "MasterWithTooManySemiSyncReplicas", tooMany);
			if (flavor === "mysql")
				await p.query(
					"SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 3",
				);
			const missing = flavor === "mysql" ? [] : [stopped(a), stopped(m)];
			await during(
				[
					...missing,
					async () => async () => {
						await setSemiSyncSource(p, false);
					},
				],
				async () => {
					await shows(p, "LockedSemiSyncMasterHypothesis");
					await shows(p, "LockedSemiSyncMaster", {
						rest: ([primary]) => ({
							staleCoordinates:
								primary === undefined
									? []
									: [
											{
												instance: primary.name,
												coordinates: primary.selfCoordinates,
												firstSeenAtMs: Date.now() - 11_000,
											},
										],
						}),
					});
				},
			);
		},
		TEST_MS,
	);

	test(
		"a source that is not let in to while its replicas lag",
		async () => {
			const lagging = { settings: { reasonableLagSeconds: 0 } };
			await during(
				[() => stallApplier(a), () => stallApplier(l), () => stallApplier(m)],
				async () => {
					await p.query(
						"INSERT INTO app.writes VALUES (1, NOW(6), 'analysis')",
					);
					const denied = await denyOrchestrator(p);
					try {
						await shows(p, "UnreachableMasterWithLaggingReplicas", lagging);
					} finally {
						await denied();
					}
				},
			);
			await during(
				[() => stallApplier(l), () => denyOrchestrator(m)],
				async () => {
					await p.query(
						"INSERT INTO app.writes VALUES (2, NOW(6), 'analysis')",
					);
					await shows(
						m,
						"UnreachableIntermediateMasterWithLaggingReplicas",
						lagging,
					);
				},
			);
		},
		TEST_MS,
	);

	test(
		"a primary that is read-only",
		async () => {
			await setReadOnly(p, true);
			await shows(p, "NoWriteableMasterStructureWarning", {
				settings: { recoverNonWriteablePrimary: true },
			});
			await setReadOnly(p, false);
		},
		TEST_MS,
	);

	test(
		"servers that answer with an error are unreachable, never dead",
		async () => {
			await during([() => denyOrchestrator(p)], () =>
				shows(p, "UnreachableMaster"),
			);
			await during([() => denyOrchestrator(m), stopped(l)], () =>
				shows(m, "UnreachableIntermediateMaster"),
			);
		},
		TEST_MS,
	);

	test(
		"replicas that do not replicate",
		async () => {
			await during([stopped(a), stopped(m)], () =>
				shows(p, "AllMasterReplicasNotReplicating"),
			);
			await during([moved(a, m, p), stopped(m)], () =>
				shows(p, "MasterSingleReplicaNotReplicating"),
			);
			await during([stopped(l)], () =>
				shows(m, "AllIntermediateMasterReplicasNotReplicating"),
			);
			await during([moved(a, m, p), lockedOut(a, p), lockedOut(l, m)], () =>
				shows(m, "AllIntermediateMasterReplicasFailingToConnectOrDead"),
			);
			await during([lockedOut(a, p)], () =>
				shows(a, "FirstTierReplicaFailingToConnectToMaster"),
			);
		},
		TEST_MS,
	);

	test(
		"a dead intermediate source",
		async () => {
			await during([killed(m)], async () => {
				await shows(
					m,
					"DeadIntermediateMasterWithSingleReplicaFailingToConnect",
				);
				await shows(p, "MasterSingleReplicaDead", { among: [p, m, l] });
				await within([killed(a), killed(l)], () =>
					picture.shows([
						[m, "DeadIntermediateMasterAndReplicas"],
						[p, "AllMasterReplicasNotReplicatingOrDead"],
					]),
				);
			});
			await during([moved(a, m, p), killed(m)], async () => {
				await shows(m, "DeadIntermediateMaster");
				await within([killed(a)], () =>
					shows(m, "DeadIntermediateMasterAndSomeReplicas"),
				);
			});
			await during([stopped(l), killed(m)], () =>
				shows(m, "DeadIntermediateMasterWithSingleReplica"),
			);
		},
		TEST_MS,
	);

	/** Until a receiver has heard a first heartbeat, its silence has no beginning. */
	const heartbeats = () =>
		waitUntil("heartbeats", async () =>
			(await picture.entries()).every(
				({ facts: { instance } }) =>
					instance.name === p.name ||
					(flavor === "mysql"
						? instance.replication.silentForMs !== null
						: (instance.replication.heartbeats ?? 0) > 0),
			),
		);

	test(
		"a source that hangs: only MySQL dates the silence of a receiver by itself",
		async () => {
			await heartbeats();
			await during([paused(m)], () =>
				shows(
					m,
					flavor === "mysql"
						? "DeadIntermediateMasterWithSingleReplicaFailingToConnect"
						: "UnreachableIntermediateMaster",
				),
			);
			await heartbeats();
			await during([paused(p)], () =>
				shows(p, flavor === "mysql" ? "DeadMaster" : "UnreachableMaster"),
			);
		},
		TEST_MS,
	);

	test(
		"a dead primary",
		async () => {
			await during([killed(p)], async () => {
				await picture.shows([
					[p, "DeadMaster"],
					[a, "FirstTierReplicaFailingToConnectToMaster"],
					[m, "FirstTierReplicaFailingToConnectToMaster"],
					[l, "NoProblem"],
				]);
				await shows(p, "DeadMasterWithoutReplicas", { among: [p] });
				await within([killed(a)], async () => {
					await shows(p, "DeadMasterAndSomeReplicas");
					await within([killed(m)], () => shows(p, "DeadMasterAndReplicas"));
				});
			});
		},
		TEST_MS,
	);

	test(
		"co-primaries",
		async () => {
			await during([asReplicaOf(p, a)], async () => {
				await within([stopped(p)], () =>
					shows(a, "AllCoMasterReplicasNotReplicating"),
				);
				await within([() => denyOrchestrator(p)], () =>
					shows(p, "UnreachableCoMaster"),
				);
				await within([killed(p)], async () => {
					await shows(p, "DeadCoMaster");
					await within([killed(m)], () =>
						shows(p, "DeadCoMasterAndSomeReplicas"),
					);
				});
			});
		},
		TEST_MS,
	);
});
