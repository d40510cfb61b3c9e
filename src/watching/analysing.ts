import { errorText } from "../errors.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import { createIsolation } from "./isolation.ts";
import { createPacer } from "./pacer.ts";
import type { WatcherDeps } from "./watcher.ts";

/** A cluster is analysed, and its entity told what is new of it: now, or as soon as the pace lets it. */
export const createAnalysing = ({
	settings,
	tell,
	log,
	nowMs,
}: Pick<WatcherDeps, "settings" | "tell" | "log" | "nowMs">) => {
	const isolated = createIsolation(log);
	let isClosed = false;

	const analyse = (cluster: ClusterWatch): void => {
		const change = cluster.change(settings(), nowMs());
		if (change === undefined) return;
		tell(cluster.identity, change).catch((error: unknown) => {
			cluster.telling.failed();
			log.warn(
				`blind: the finding on ${cluster.identity} could not be handed to Temporal: ${errorText(error)}`,
			);
		});
	};

	const pacer = createPacer((cluster: ClusterWatch) => {
		if (isClosed) return;
		isolated(`the analysis of ${cluster.identity}`, () => analyse(cluster));
	});

	return {
		now: analyse,
		soon: (cluster: ClusterWatch): void => pacer.ask(cluster),
		close: (): void => {
			isClosed = true;
			pacer.close();
		},
	};
};
