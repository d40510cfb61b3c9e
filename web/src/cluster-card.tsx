import type {
	ClusterPicture,
	FindingPicture,
	InstanceState,
	OperationPicture,
	RollingPicture,
} from "../../src/api/picture.ts";
import { OperationBanner } from "./operation-banner.tsx";
import { linkToCluster } from "./place.ts";
import { RollingBanner } from "./rolling-banner.tsx";
import { TopologyTree } from "./topology-tree.tsx";
import { stateWord } from "./words.ts";

interface ClusterCardProps {
	readonly cluster: ClusterPicture;
	readonly operations: readonly OperationPicture[];
	readonly rollings: readonly RollingPicture[];
	readonly nowMs: number;
}

const STATES: readonly InstanceState[] = [
	"unreachable",
	"not-replicating",
	"lagging",
	"unchecked",
	"ok",
];

const Counts = ({ cluster }: Pick<ClusterCardProps, "cluster">) => (
	<ul className="counts">
		{STATES.map((state) => ({
			state,
			count: cluster.instances.filter((each) => each.state === state).length,
		}))
			.filter(({ count }) => count > 0)
			.map(({ state, count }) => (
				<li key={state} className={`count ${state}`}>
					<i className="dot" />
					{count} {stateWord(state)}
				</li>
			))}
	</ul>
);

const severity = (finding: FindingPicture): string => {
	if (finding.isSetAside) return "aside";
	return finding.code === "NoProblem" ? "structure" : "failure";
};

const Finding = ({ finding }: { readonly finding: FindingPicture }) => (
	<li className={`finding ${severity(finding)}`}>
		<strong>
			{finding.code === "NoProblem"
				? finding.structure.join(", ")
				: finding.code}
		</strong>
		<span>
			{finding.code === "NoProblem" ? finding.instance : finding.says}
			{finding.isSetAside && " (downtimed)"}
		</span>
	</li>
);

/** One cluster: what it is called, how it stands, what runs on it, and its tree. */
export const ClusterCard = ({
	cluster,
	operations,
	rollings,
	nowMs,
}: ClusterCardProps) => (
	<section className="card cluster" data-cluster={cluster.name}>
		<div className="card-head">
			<h2>
				<a href={linkToCluster(cluster)}>{cluster.alias || cluster.name}</a>
				{cluster.alias !== cluster.name && <small>{cluster.name}</small>}
			</h2>
			<Counts cluster={cluster} />
			<span className={cluster.recoversByItself ? "pill good" : "pill"}>
				{cluster.recoversByItself ? "recovers by itself" : "manual recovery"}
			</span>
		</div>
		{operations.map((operation) => (
			<OperationBanner
				key={operation.workflowId}
				operation={operation}
				nowMs={nowMs}
			/>
		))}
		{rollings.map((rolling) => (
			<RollingBanner key={rolling.workflowId} rolling={rolling} nowMs={nowMs} />
		))}
		{cluster.findings.length > 0 && (
			<ul className="findings">
				{cluster.findings.map((finding) => (
					<Finding
						key={`${finding.instance} ${finding.code}`}
						finding={finding}
					/>
				))}
			</ul>
		)}
		<TopologyTree instances={cluster.instances} nowMs={nowMs} />
	</section>
);
