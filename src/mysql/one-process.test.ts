import { describe, expect, it } from "vitest";
import type { Row } from "./answer.ts";
import { createProveOne } from "./one-process.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";

/** What a session answers when it is asked for locks, and about them. */
interface Answers {
	readonly take: (names: readonly string[]) => number;
	readonly holder: (name: string) => number | null;
}

const ME = 7;

const honest = (locks = new Set<string>()): Answers => ({
	take: (names) => {
		for (const name of names) locks.add(name);
		return names.length;
	},
	holder: (name) => (locks.has(name) ? ME : null),
});

const asked: (readonly unknown[])[] = [];

const sessionOf = ({ take, holder }: Answers): Session =>
	({
		query: async (sql: string, values: readonly unknown[]): Promise<Row[]> => {
			const names = values.map(String);
			asked.push(names);
			return sql.includes("GET_LOCK")
				? [
						{
							taken: take(names),
							me: ME,
							port: 3306,
							hostname: "db1",
							report_host: "",
						},
					]
				: [
						Object.fromEntries(
							names.map((name, index) => [`h${index}`, holder(name)]),
						),
					];
		},
		close: () => undefined,
	}) as unknown as Session;

const prove = (one: Answers, other: Answers) => {
	asked.length = 0;
	const answers = [one, other].map(sessionOf);
	const servers = {
		open: async () => answers.shift(),
	} as unknown as Pick<Servers, "open">;
	return createProveOne(servers)("a:3306", "b:3306");
};

describe("two names", () => {
	it("lead to one server when each sees which locks the other holds", async () => {
		const locks = new Set<string>();
		expect(await prove(honest(locks), honest(locks))).toEqual({
			outcome: "one",
			own: { hosts: ["", "db1"], port: 3306 },
		});
	});

	it("are asked for more locks than are held, each time others", async () => {
		const locks = new Set<string>();
		await prove(honest(locks), honest(locks));
		const [taken = [], , seen = []] = asked;
		expect(taken.length).toBeGreaterThan(0);
		expect(taken.length).toBeLessThan(seen.length);
		expect(seen).toEqual(expect.arrayContaining([...taken]));
	});

	it.each<[string, Answers]>([
		["that sees none of them", honest()],
		[
			"that says of every lock that it is held",
			{ ...honest(), holder: () => ME },
		],
		[
			"that guesses",
			{ ...honest(), holder: () => (Math.random() < 0.5 ? ME : null) },
		],
	])("lead to two when one leads to a server %s", async (_, liar) => {
		expect((await prove(honest(), liar)).outcome).toBe("two");
	});

	it("are unknown when the first gives the locks of itself only by word", async () => {
		const locks = new Set<string>();
		const one = {
			take: (names: readonly string[]) => names.length,
			holder: () => ME,
		};
		expect((await prove(one, honest(locks))).outcome).toBe("unknown");
		expect(
			(await prove({ ...honest(), take: () => 0 }, honest())).outcome,
		).toBe("unknown");
	});
});
