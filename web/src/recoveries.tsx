import type { RecoveryPicture } from "../../src/api/picture.ts";
import { dateTime, span } from "./words.ts";

interface RecoveriesProps {
	readonly title: string;
	readonly recoveries: readonly RecoveryPicture[];
}

const Result = ({ recovery }: { readonly recovery: RecoveryPicture }) => {
	if (recovery.endedAtMs === 0)
		return <span className="pill warn">running</span>;
	return recovery.isSuccessful ? (
		<span className="pill good">success</span>
	) : (
		<span className="pill bad" title={recovery.errors.join("\n")}>
			failed
		</span>
	);
};

const Row = ({ recovery }: { readonly recovery: RecoveryPicture }) => (
	<tr>
		<td>
			<time>{dateTime(recovery.startedAtMs)}</time>
		</td>
		<td>{recovery.cluster}</td>
		<td>{recovery.analysis}</td>
		<td>
			<code>{recovery.failed}</code>
			{recovery.successor !== "" && (
				<>
					<span className="arrow"> → </span>
					<code>{recovery.successor}</code>
				</>
			)}
		</td>
		<td className="number">
			{recovery.endedAtMs === 0
				? ""
				: span((recovery.endedAtMs - recovery.startedAtMs) / 1000)}
		</td>
		<td className="number" title={recovery.lost.join(", ")}>
			{recovery.lost.length}
		</td>
		<td>
			<Result recovery={recovery} />
			{recovery.isAcknowledged && <span className="muted"> acknowledged</span>}
		</td>
	</tr>
);

/** Recoveries, newest first: what failed, what took over, what was lost. */
export const Recoveries = ({ title, recoveries }: RecoveriesProps) => (
	<section className="card recoveries">
		<div className="card-head">
			<h2>{title}</h2>
		</div>
		{recoveries.length === 0 ? (
			<p className="empty">None yet.</p>
		) : (
			<div className="scroll">
				<table>
					<thead>
						<tr>
							<th>Started</th>
							<th>Cluster</th>
							<th>Analysis</th>
							<th>Failed → successor</th>
							<th className="number">Took</th>
							<th className="number">Replicas lost</th>
							<th>Result</th>
						</tr>
					</thead>
					<tbody>
						{recoveries.map((recovery) => (
							<Row key={recovery.uid} recovery={recovery} />
						))}
					</tbody>
				</table>
			</div>
		)}
	</section>
);
