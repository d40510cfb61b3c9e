// Moves by Pseudo-GTID, by places alone, and with two servers at rest at one place, of replicas that go by file and position.

import { replicate } from "../../lab/replication.ts";
import { sayOfChannel } from "../../lab/statements.ts";
import { all, laidAnew, standing } from "./goals.ts";
import { MARKED } from "./ground.ts";
import type { Layout } from "./layout.ts";
import {
	madeLocal,
	moveLayout,
	one,
	PAIRING,
	regrouping,
	several,
} from "./moves-layouts.ts";
import type { Stage } from "./stage.ts";

let markers = 0;

const mark = async ({ ground }: Stage): Promise<void> => {
	markers += 1;
	const nth = markers.toString(16).padStart(8, "0");
	await ground
		.server("s1")
		.query(`${MARKED}${nth}:00000001:a1b2c3d4e5f60718\``);
};

/** s1 → s2 → these, from where s2 has come to a rest. */
const belowSecond =
	(...aliases: readonly string[]) =>
	async ({ ground: { server } }: Stage): Promise<void> => {
		for (const alias of aliases) {
			await sayOfChannel(server(alias), "STOP", "");
			await replicate(server(alias), server("s2"), { positioning: "file" });
		}
	};

const tree = belowSecond("s3", "s4");

type Move = Parameters<typeof moveLayout>[0];

/** A marker before what is written, and one behind it. */
const matchLayout = (move: Move): Layout => {
	const layout = moveLayout(move);
	return {
		...layout,
		by: "markers",
		prepare: async (stage) => {
			await stage.ground
				.server("s1")
				.query("CREATE DATABASE IF NOT EXISTS _pseudo_gtid_");
			await mark(stage);
			const request = await layout.prepare(stage);
			await mark(stage);
			return request;
		},
	};
};

/** Nobody has set a marker: who shall be the source, or was it, stands still for a moment. */
const restLayout = (move: Move): Layout => ({
	...moveLayout(move),
	by: "places",
});

export const MATCHES: readonly Layout[] = [
	matchLayout({
		operation: "match",
		ask: one("match", "s4", "s3"),
		ends: { s4: "s3", s3: "s1" },
		target: "s3",
	}),
	matchLayout({
		operation: "match-up",
		laid: tree,
		ask: one("matchUp", "s4"),
		ends: { s4: "s1" },
		target: "s2",
	}),
	{
		...matchLayout({
			operation: "rematch",
			ask: one("rematch", "s4"),
			ends: {},
			target: "s2",
		}),
		goal: all(standing({ s4: "s1" }), laidAnew("s4")),
	},
	matchLayout({
		operation: "match-replicas",
		ask: several("match", "s1", "s2"),
		ends: { s2: "s1", s3: "s2", s4: "s2" },
		target: "s2",
	}),
	matchLayout({
		operation: "match-up-replicas",
		laid: tree,
		ask: several("matchUp", "s2"),
		ends: { s2: "s1", s3: "s1", s4: "s1" },
		target: "s2",
	}),
	regrouping(
		matchLayout({
			operation: "regroup-replicas-match",
			laid: tree,
			ask: several("regroupMatch", "s2"),
			ends: {},
			target: "s3",
		}),
	),
	restLayout({
		operation: "move-below-at-rest",
		ask: one("siblings", "s4", "s3"),
		ends: { s2: "s1", s3: "s1", s4: "s3" },
		target: "s3",
	}),
	restLayout({
		operation: "move-up-at-rest",
		laid: tree,
		ask: one("up", "s4"),
		ends: { s2: "s1", s3: "s2", s4: "s1" },
		target: "s2",
	}),
	restLayout({
		operation: "take-siblings-at-rest",
		ask: several("siblings", "s2"),
		ends: { s2: "s1", s3: "s2", s4: "s2" },
		target: "s2",
	}),
];

/** Without markers. Threads of a server that hung while they were stopped are told of, and a person starts them: no later move does. */
const placeLayout = (move: Move): Layout => {
	const { isStrict: _, ...layout } = moveLayout(move);
	return { ...layout, by: "places" };
};

export const PLACES: readonly Layout[] = [
	placeLayout({
		operation: "relocation-by-way",
		laid: belowSecond("s4"),
		ask: (name) => ({
			kind: "relocation",
			instance: name("s4"),
			below: name("s3"),
		}),
		ends: { s4: "s3", s3: "s1" },
		target: "s3",
	}),
	madeLocal(
		placeLayout({
			operation: "make-local-master-by-place",
			laid: tree,
			ask: several("local", "s3"),
			ends: {},
			target: "s2",
		}),
	),
	{ ...PAIRING, operation: "make-co-master-by-place", by: "places" },
	{
		...placeLayout({
			operation: "repoint-replicas-by-place",
			ask: several("repoint", "s1"),
			ends: {},
			target: "s3",
		}),
		goal: all(
			standing({ s2: "s1", s3: "s1", s4: "s1" }),
			laidAnew("s2", "s3", "s4"),
		),
	},
];
