import type { RollingPicture, TurnPicture } from "../../src/api/picture.ts";
import { dateTime, span } from "./words.ts";

const Turn = ({ turn }: { readonly turn: TurnPicture }) => (
	<li className={`turn ${turn.state}`} data-turn={turn.state}>
		<span className="turn-state">{turn.state.replace("-", " ")}</span>
		<code>{turn.server}</code>
		{turn.atMs > 0 && <time>{dateTime(turn.atMs)}</time>}
		<span>{turn.says}</span>
	</li>
);

interface RollingBannerProps {
	readonly rolling: RollingPicture;
	readonly nowMs: number;
}

/** Where a rolling maintenance of a cluster stands: what it waits for, and each of its servers. */
export const RollingBanner = ({ rolling, nowMs }: RollingBannerProps) => {
	const isPaused = rolling.phase === "paused";
	return (
		<div className="operation" role="status" data-rolling={rolling.phase}>
			<div className="operation-head">
				{!isPaused && <i className="spinner" aria-hidden="true" />}
				<strong>rolling maintenance</strong>
				<span className={isPaused ? "pill warn" : "pill"}>{rolling.phase}</span>
				<span className="muted">
					begun by {rolling.requestedBy}{" "}
					{span((nowMs - rolling.beganAtMs) / 1000)} ago
					{rolling.reason !== "" && `: ${rolling.reason}`}
				</span>
				{rolling.page !== "" && (
					<a href={rolling.page} target="_blank" rel="noreferrer">
						Open in Temporal
					</a>
				)}
			</div>
			{rolling.says !== "" && (
				<p className="says">
					{rolling.says}{" "}
					<span className="muted">
						for {span((nowMs - rolling.saysSinceMs) / 1000)}
					</span>
				</p>
			)}
			<ol className="turns">
				{rolling.turns.map((turn) => (
					<Turn key={turn.server} turn={turn} />
				))}
			</ol>
		</div>
	);
};
