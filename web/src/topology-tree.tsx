import { type Edge, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { InstancePicture } from "../../src/api/picture.ts";
import { InstanceBox, type InstanceNode, Now } from "./instance-box.tsx";
import { BOX, type Layout, layOut } from "./layout.ts";

interface TopologyTreeProps {
	readonly instances: readonly InstancePicture[];
	readonly nowMs: number;
}

const NODE_TYPES = { instance: InstanceBox };
const FIT = { padding: 0.04, maxZoom: 1, duration: 250 };
const MARGIN = 40;

const nodesOf = ({ placed }: Layout): InstanceNode[] =>
	placed.map(({ instance, x, y }) => ({
		id: instance.name,
		type: "instance",
		position: { x, y },
		width: BOX.width,
		height: BOX.height,
		data: { instance },
	}));

const isBroken = ({ state }: InstancePicture): boolean =>
	state === "not-replicating" || state === "unreachable";

const edgesOf = (instances: readonly InstancePicture[]): Edge[] =>
	instances.flatMap((each) =>
		each.parent === null
			? []
			: [
					{
						id: `${each.parent} ${each.name}`,
						source: each.parent,
						target: each.name,
						className: isBroken(each) ? "edge broken" : "edge",
						animated: false,
					},
				],
	);

/** Whether the element has come near the screen: trees that nobody sees are not drawn. */
const useSeen = () => {
	const element = useRef<HTMLDivElement>(null);
	const [isSeen, setSeen] = useState(false);
	useEffect(() => {
		if (element.current === null) return;
		const observer = new IntersectionObserver(
			(entries) => {
				if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
			},
			{ rootMargin: "400px" },
		);
		observer.observe(element.current);
		return () => observer.disconnect();
	}, []);
	return { element, isSeen };
};

const Flow = ({
	instances,
	layout,
}: { readonly layout: Layout } & Pick<TopologyTreeProps, "instances">) => (
	<ReactFlow
		// A tree of another shape is fitted anew; one that only changes its colours stays where it is.
		key={layout.placed
			.map(({ instance }) => `${instance.parent}>${instance.name}`)
			.join(" ")}
		nodes={nodesOf(layout)}
		edges={edgesOf(instances)}
		nodeTypes={NODE_TYPES}
		fitView
		fitViewOptions={FIT}
		minZoom={0.2}
		maxZoom={1.5}
		nodesDraggable={false}
		nodesConnectable={false}
		elementsSelectable={false}
		zoomOnScroll={false}
		zoomOnDoubleClick={false}
		preventScrolling={false}
		proOptions={{ hideAttribution: true }}
	/>
);

/** A cluster's topology: the primary at the left, replicas to its right. */
export const TopologyTree = ({ instances, nowMs }: TopologyTreeProps) => {
	const layout = useMemo(() => layOut(instances), [instances]);
	const { element, isSeen } = useSeen();
	return (
		<div
			className="tree"
			ref={element}
			style={{ height: Math.min(640, layout.height + MARGIN) }}
		>
			{isSeen && (
				<Now value={nowMs}>
					<ReactFlowProvider>
						<Flow instances={instances} layout={layout} />
					</ReactFlowProvider>
				</Now>
			)}
		</div>
	);
};
