import type { OperationPicture } from "../../src/api/picture.ts";
import { clockTime, span } from "./words.ts";

interface OperationBannerProps {
	readonly operation: OperationPicture;
	readonly nowMs: number;
}

/** What is being done to a cluster right now, step by step. */
export const OperationBanner = ({ operation, nowMs }: OperationBannerProps) => (
	<div className="operation" role="status">
		<div className="operation-head">
			<i className="spinner" aria-hidden="true" />
			<strong>{operation.kind}</strong>
			<span className="muted">
				running for {span((nowMs - operation.startedAtMs) / 1000)}
			</span>
			{operation.page !== "" && (
				<a href={operation.page} target="_blank" rel="noreferrer">
					Open in Temporal
				</a>
			)}
		</div>
		{operation.steps.length > 0 && (
			<ol className="steps">
				{operation.steps.map((step, index) => (
					<li
						// Steps are only ever added at the end.
						// biome-ignore lint/suspicious/noArrayIndexKey: see above
						key={index}
					>
						<time>{clockTime(step.atMs)}</time>
						{step.says}
					</li>
				))}
			</ol>
		)}
	</div>
);
