import { expect, it } from "vitest";
import { mariadb } from "../mysql/dialects/mariadb/dialect.ts";
import type { Reader } from "../mysql/step-session.ts";
import type { StepRun } from "../mysql/steps/step-context.ts";
import {
	NOTHING_LOST,
	type Plan,
	type PlannedStep,
	phase,
} from "../planning/plan.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createAccountCheck } from "./account-check.ts";

const TAKEOVER: Plan = {
	title: "takeover of p:3306: promote a:3306",
	loss: NOTHING_LOST,
	phases: [
		phase(
			"credential",
			[
				{
					do: "findCredential",
					on: "a:3306",
					from: ["a:3306", "b:3306"],
					because: "p:3306 will replicate with it",
				},
			],
			"undo",
		),
	],
	notes: [],
	left: [],
	says: "",
};

/** A MariaDB that answers every query with one row. */
const answering =
	(
		row: Record<string, string>,
		asked: InstanceName[] = [],
	): StepRun["reader"] =>
	(server, work) => {
		asked.push(server);
		const reader: Reader = {
			server,
			dialect: mariadb,
			look: () => Promise.reject(new Error("not asked for")),
			read: async () => [row],
		};
		return work(reader);
	};

const looking = (
	reader: StepRun["reader"],
	refusesLogin: StepRun["refusesLogin"] = async () => "",
) => ({ reader, refusesLogin });

it("refuses it where the account that they tell is not let in", async () => {
	const tried: InstanceName[] = [];
	const [first, ...rest] = TAKEOVER.phases;
	const [search] = first?.steps ?? [];
	const plan = {
		...TAKEOVER,
		phases: [
			phase(
				"credential",
				[{ ...search, logsInOn: "a:3306" } as PlannedStep],
				"undo",
			),
			...rest,
		],
	};
	const { refusal } = await createAccountCheck(
		looking(
			answering({ user: "repl", password: "hunter2" }),
			async (server, { user }) => {
				tried.push(server);
				return `Access denied for user '${user}'`;
			},
		),
		"SELECT user, password FROM meta.replication",
	)(plan);
	expect(tried).toEqual(["a:3306", "a:3306"]);
	expect(refusal).toContain(
		"a:3306 does not let repl in with the password that b:3306 tells (Access denied for user 'repl')",
	);
	expect(refusal).toContain("BatonCheckReplicationLogin");
	expect(refusal).not.toContain("hunter2");
});

it("refuses what its run would refuse: nobody tells the account", async () => {
	const asked: InstanceName[] = [];
	const { refusal } = await createAccountCheck(
		looking(answering({}, asked)),
		"",
	)(TAKEOVER);
	expect(refusal).toBe(
		"the replication account is not known: a:3306 does not keep its replication password where it can be read; b:3306 does not keep its replication password where it can be read: set ReplicationCredentialsQuery",
	);
	expect(asked).toEqual(["a:3306", "b:3306"]);
});

it("leaves the plan as it is where somebody does, and asks nobody for a plan that does without", async () => {
	const asked: InstanceName[] = [];
	const check = createAccountCheck(
		looking(answering({ user: "repl", password: "secret" }, asked)),
		"SELECT user, password FROM meta.replication",
	);
	expect(await check(TAKEOVER)).toBe(TAKEOVER);
	expect(asked).toEqual(["a:3306"]);
	expect(await check({ ...TAKEOVER, phases: [] })).toEqual({
		...TAKEOVER,
		phases: [],
	});
	expect(asked).toEqual(["a:3306"]);
});
