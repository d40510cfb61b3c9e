import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { createContext, useContext } from "react";
import type { InstancePicture } from "../../src/api/picture.ts";
import { dateTime, lagWord, stateWord } from "./words.ts";

export type InstanceNode = Node<
	{ readonly instance: InstancePicture },
	"instance"
>;

/** The time that ages are counted from: apart from the boxes, so that a tick does not lay the tree out anew. */
export const Now = createContext(0);

const tooltip = (instance: InstancePicture): string =>
	[
		instance.name,
		stateWord(instance.state),
		instance.error,
		instance.problems.join(", "),
		instance.dataCenter && `data centre ${instance.dataCenter}`,
		instance.downtime &&
			`downtimed by ${instance.downtime.owner} until ${dateTime(instance.downtime.endsAtMs)}: ${instance.downtime.reason}`,
	]
		.filter(Boolean)
		.join("\n");

const Marks = ({ instance }: { readonly instance: InstancePicture }) => (
	<span className="marks">
		{instance.gtid !== "" && (
			<b className={instance.gtid === "errant" ? "mark bad" : "mark"}>
				{instance.gtid === "errant" ? "errant GTID" : "GTID"}
			</b>
		)}
		{instance.semiSync !== "" && (
			<b className="mark" title={`semi-sync ${instance.semiSync}`}>
				semi-sync
			</b>
		)}
		{instance.promotionRule !== "neutral" && (
			<b className="mark">{instance.promotionRule.replace("_", " ")}</b>
		)}
		{instance.downtime && <b className="mark warn">downtime</b>}
	</span>
);

/** One server in the tree. Its state is told by colour and in words. */
export const InstanceBox = ({ data }: NodeProps<InstanceNode>) => {
	const { instance } = data;
	const nowMs = useContext(Now);
	const isKnown =
		instance.state !== "unreachable" && instance.state !== "unchecked";
	const access = instance.isWritable ? "rw" : "ro";
	return (
		<div
			className={`box ${instance.state}`}
			data-instance={instance.name}
			data-state={instance.state}
			title={tooltip(instance)}
		>
			<Handle type="target" position={Position.Left} isConnectable={false} />
			<div className="box-title">
				<i className="dot" />
				<span className="box-name">{instance.name}</span>
				<b
					className={`access ${isKnown ? access : "was"}`}
					title={isKnown ? undefined : "when it was last seen"}
				>
					{isKnown ? access : `${access}?`}
				</b>
			</div>
			<div className="box-line">
				<span className="box-role">
					{instance.isCoPrimary
						? "co-primary"
						: instance.isPrimary
							? "primary"
							: "replica"}
					{" · "}
					{instance.state === "ok"
						? instance.version
						: stateWord(instance.state)}
					{instance.alias !== "" && ` · ${instance.alias}`}
				</span>
				<span className="lag">{lagWord(instance, nowMs)}</span>
			</div>
			<Marks instance={instance} />
			<Handle type="source" position={Position.Right} isConnectable={false} />
		</div>
	);
};
