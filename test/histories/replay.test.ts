import { Worker } from "@temporalio/worker";
import pino from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { installRuntime } from "../../workers/runtime.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { WORKFLOWS } from "../workflows/environment.ts";
import {
	type Bundle,
	bundleToReplay,
	recordedIn,
	replayed,
} from "./replaying.ts";
import { readable, storedHistories, TYPES } from "./stored.ts";

let workflowBundle: Bundle;
beforeAll(async () => {
	installRuntime(pino({ level: "silent" }));
	workflowBundle = await bundleToReplay(WORKFLOWS);
});

const stored = storedHistories();

it("every workflow type has a recorded history", () => {
	expect(stored.map((each) => each.type)).toEqual(
		expect.arrayContaining([...TYPES]),
	);
});

describe.each(stored)(
	"the recorded history of a $name",
	({ text, history, workflowId }) => {
		it("is what the workflow would do today", async () => {
			// What is given beside it since changes nothing for what was begun before.
			expect(
				await replayed(workflowBundle, { history, workflowId }),
			).toMatchObject(recordedIn(history));
		});

		it("holds no password", () => {
			const told = readable(text);
			expect(told).toContain(`"data":`);
			for (const { password } of Object.values(ACCOUNTS))
				if (password !== "") expect(told).not.toContain(password);
			expect(told).not.toMatch(/password\s*=/i);
		});

		it("holds no trace of the machine that recorded it", () => {
			expect(readable(text)).not.toMatch(/node_modules|\\n\s+at /);
		});
	},
);

type Event = NonNullable<(typeof stored)[number]["history"]["events"]>[number];

/** A local activity leaves a marker, with its name in it. */
const asOtherMarker = (
	marker: NonNullable<Event["markerRecordedEventAttributes"]>,
) => {
	const [payload] = marker.details?.["data"]?.payloads ?? [];
	const told = JSON.parse(new TextDecoder().decode(payload?.data ?? undefined));
	const data = new TextEncoder().encode(
		JSON.stringify({ ...told, activity_type: "another" }),
	);
	return {
		...marker,
		details: {
			...marker.details,
			data: { payloads: [{ ...payload, data }] },
		},
	};
};

/** The same with another activity in its place; undefined when it is about none. */
const asOther = (event: Event): Event | undefined => {
	const {
		activityTaskScheduledEventAttributes: scheduled,
		markerRecordedEventAttributes: marker,
	} = event;
	if (scheduled)
		return {
			...event,
			activityTaskScheduledEventAttributes: {
				...scheduled,
				activityType: { name: "another" },
			},
		};
	return marker?.markerName === "core_local_activity"
		? { ...event, markerRecordedEventAttributes: asOtherMarker(marker) }
		: undefined;
};

describe.each(
	stored.filter(({ type }) =>
		/^(adoption|afterwards|cluster|coPrimary|exchange|moves|recovery|rejoin|relocation|takeover)$/.test(
			type,
		),
	),
)("in the history of a $name", ({ history, workflowId }) => {
	it("replaying notices each activity that would be another one", async () => {
		const events = history.events ?? [];
		const others = events.flatMap((event, at) => {
			const other = asOther(event);
			return other === undefined ? [] : [{ at, other }];
		});
		expect(others).not.toEqual([]);
		for (const { at, other } of others)
			await expect(
				Worker.runReplayHistory(
					{ workflowBundle },
					{ events: events.with(at, other) },
					workflowId,
				),
				`event ${at}`,
			).rejects.toThrow();
	});
});
