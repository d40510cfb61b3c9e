// The command line, the API, the pages, the policy and the hooks tell one and the same thing.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PictureUpdate } from "../../src/api/picture.ts";
import type { Envelope } from "../lab/baton-process.ts";
import type { Lab } from "../lab/lab.ts";
import { replicate, waitUntil } from "../lab/replication.ts";
import {
	newPrimary,
	recovered,
	replicationOf,
	staysAsItIs,
	waitAnalysis,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	logTail,
	type System,
	TEST_MS,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

interface ClusterInfo {
	readonly ClusterAlias: string;
	readonly HasAutomatedMasterRecovery: boolean;
	readonly HasAutomatedIntermediateMasterRecovery: boolean;
}

/** What a page that opens now is told of the cluster. */
const onPages = async (
	{ baton }: System,
	clusterName: string,
): Promise<unknown> => {
	const answer = await fetch(`${baton.url}/api/baton/events`);
	let text = "";
	for await (const chunk of answer.body ?? []) {
		text += Buffer.from(chunk).toString("utf8");
		const [, data] = /^data: (.*)\n\n/m.exec(text) ?? [];
		if (data === undefined) continue;
		const { set } = JSON.parse(data) as PictureUpdate;
		return set[`cluster/${clusterName}`];
	}
	throw new Error(`no picture in: ${text.slice(0, 200)}`);
};

const diary = (lab: Lab) => join(lab.directory, "told");

/** One line a hook: its list, and what it is told in variables and in placeholders. */
const hook = (lab: Lab, list: string): string =>
	`echo "${list} command=$ORC_COMMAND/{command} automatic=$ORC_AUTO_MASTER_RECOVERY successor=$ORC_SUCCESSOR_ALIAS/{successorAlias} at=$ORC_SUCCESSOR_BINLOG_COORDINATES/{successorBinlogCoordinates}" >> ${diary(lab)}`;

const told = ({ lab }: System): string[] =>
	existsSync(diary(lab))
		? readFileSync(diary(lab), "utf8").trimEnd().split("\n")
		: [];

/** The last ones run when the failover has let go of the cluster. */
const hooksHaveRun = (system: System): Promise<void> =>
	explaining(system, () =>
		waitUntil("the hooks to have run", async () =>
			told(system).some((line) => line.startsWith("PostFailover")),
		),
	);

describe("one answer", () => {
	const stage = createStage({ flavor: "mysql", replicas: 2 });

	const begin = async (
		filters: readonly string[],
		intermediate: readonly string[] = [],
	): Promise<System> => {
		rmSync(diary(stage.lab()), { force: true });
		return stage.afresh({
			config: (lab) => ({
				RecoverMasterClusterFilters: filters,
				RecoverIntermediateMasterClusterFilters: intermediate,
				DetectInstanceAliasQuery: "SELECT CONCAT('alias-', @@global.server_id)",
				PreFailoverProcesses: [hook(lab, "PreFailoverProcesses")],
				PostMasterFailoverProcesses: [hook(lab, "PostMasterFailoverProcesses")],
				PostFailoverProcesses: [hook(lab, "PostFailoverProcesses")],
			}),
		});
	};

	/** @returns what the API and the pages say of automatic recovery under that alias */
	const answers = async (system: System, alias: string) => {
		const { baton, primary } = system;
		const path = `set-cluster-alias/${primary.name}?alias=${alias}`;
		expect(await baton.get<Envelope>(path)).toMatchObject({ Code: "OK" });
		let info: ClusterInfo | undefined;
		await waitUntil(`the alias ${alias} to be known`, async () => {
			info = await baton.get<ClusterInfo>(`cluster-info/${primary.name}`);
			return info.ClusterAlias === alias;
		});
		return {
			primaries: info?.HasAutomatedMasterRecovery,
			intermediates: info?.HasAutomatedIntermediateMasterRecovery,
			page: await onPages(system, primary.name),
		};
	};

	test(
		"to whether a cluster is recovered by itself, by filters that RE2 reads in its own way",
		async () => {
			const insensitive = "alias~=(?i)^orders$";
			const lookahead = "alias~=^(?!test)";
			const system = await begin([lookahead, insensitive], [lookahead]);
			const { primary } = system;
			// RE2 knows no lookahead: the filter names no cluster, here as there.
			expect(await answers(system, "other")).toMatchObject({
				primaries: false,
				intermediates: false,
				page: { recoversByItself: false },
			});
			await primary.kill();
			await waitAnalysis(system, primary, "DeadMaster");
			await waitLogged(system, "RecoverMasterClusterFilters does not name");
			await staysAsItIs(system, 3_000);
			expect(await answers(system, "ORDERS")).toMatchObject({
				primaries: true,
				intermediates: false,
				page: { recoversByItself: true },
			});
			// The failure is told again, and policy finds what the others do.
			const next = await newPrimary(system, primary, 25_000);
			const row = await recovered(system);
			expect(row).toMatchObject({ IsSuccessful: true, AllErrors: [] });
			await hooksHaveRun(system);
			const successor = `alias-${next.serverId}`;
			for (const line of told(system)) {
				expect(line).toMatch(/ command=\/ automatic=true /);
				if (line.startsWith("Post"))
					expect(line).toMatch(
						new RegExp(
							` successor=${successor}/${successor} at=(binlog\\.\\d+:\\d+)/\\1$`,
						),
					);
			}
			expect(told(system).map((line) => line.split(" ")[0])).toEqual([
				"PreFailoverProcesses",
				"PostMasterFailoverProcesses",
				"PostFailoverProcesses",
			]);
		},
		TEST_MS,
	);

	test(
		"to which command a failover was asked for by, over the API as well",
		async () => {
			const system = await begin([]);
			const { primary, baton } = system;
			await primary.kill();
			await waitAnalysis(system, primary, "DeadMaster");
			const answer = await baton.get<Envelope>(
				`recover/${primary.host}/${primary.port}`,
			);
			expect(answer, logTail(system)).toMatchObject({ Code: "OK" });
			const row = await recovered(system);
			expect(row).toMatchObject({ IsSuccessful: true, AllErrors: [] });
			const [next] = await writable(system.servers);
			const successor = `alias-${next?.serverId}`;
			expect(answer.Details).toEqual({
				Hostname: next?.host,
				Port: next?.port,
			});
			await hooksHaveRun(system);
			const lines = told(system);
			expect(lines).toHaveLength(3);
			for (const line of lines)
				expect(line).toMatch(/ command=recover\/recover automatic=false /);
			for (const line of lines.slice(1))
				expect(line).toContain(
					` successor=${successor}/${successor} at=binlog`,
				);
		},
		TEST_MS,
	);

	test(
		"to who is the primary of a pair: nobody is taken for it",
		async () => {
			const system = await begin(["*"]);
			const { primary, replicas, baton } = system;
			const [other, third] = replicas;
			if (other === undefined || third === undefined) throw new Error("lay");
			await replicate(primary, other);
			await waitWatched(system);
			await explaining(system, () =>
				waitUntil("the pair to be known as one", async () => {
					const rows = await baton.get<{ IsCoMaster: boolean }[]>(
						`cluster/${primary.name}`,
					);
					return rows.filter((each) => each.IsCoMaster).length === 2;
				}),
			);
			const [byCommand, byApi] = [
				await baton.command("-c", "force-master-failover", "-i", primary.name),
				await baton.get<Envelope>(
					`force-master-failover/${primary.host}/${primary.port}`,
				),
			];
			const reason =
				/Cannot deduce cluster master for \S+\. Found 2 potential masters/;
			expect(byCommand).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(reason),
			});
			expect(byCommand.code).not.toBe(0);
			expect(byApi).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(reason),
			});
			expect(reason.exec(byCommand.stderr)?.[0]).toBe(
				reason.exec(byApi.Message)?.[0],
			);
			expect(await writable(system.servers)).toEqual([primary]);
			expect((await replicationOf(third)).source).toBe(primary.name);
			expect(told(system)).toEqual([]);
		},
		TEST_MS,
	);
});
