/** The process that writes detections and recoveries, as the reference's `processing_node_*` columns name it. */
export interface ProcessingNode {
	readonly hostname: string;
	readonly token: string;
}
