import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import type { Picture } from "../../src/api/picture.ts";
import { ClusterCard } from "./cluster-card.tsx";
import { Frame } from "./frame.tsx";
import type { LiveSource } from "./live.ts";
import { clusterOf, type Place } from "./place.ts";
import { Recoveries } from "./recoveries.tsx";
import {
	clustersOf,
	operationsOf,
	recoveriesOf,
	rollingsOf,
} from "./sections.ts";
import { useNow } from "./use-now.ts";

interface AppProps {
	readonly live: LiveSource;
	readonly place: Place;
}

const RECENT = 5;

const Empty = ({ children }: { readonly children: ReactNode }) => (
	<p className="empty">{children}</p>
);

interface PageProps {
	readonly picture: Picture;
	readonly nowMs: number;
}

const Clusters = ({ picture, nowMs }: PageProps) => {
	const clusters = clustersOf(picture);
	const operations = operationsOf(picture);
	const recoveries = recoveriesOf(picture).slice(0, RECENT);
	return (
		<>
			{clusters.length === 0 && (
				<Empty>
					No clusters yet. Discover one:{" "}
					<code>baton -c discover -i host:port</code>
				</Empty>
			)}
			{clusters.map((cluster) => (
				<ClusterCard
					key={cluster.name}
					cluster={cluster}
					operations={operations.filter(
						(each) => each.clusterName === cluster.name,
					)}
					rollings={rollingsOf(picture, cluster)}
					nowMs={nowMs}
				/>
			))}
			{recoveries.length > 0 && (
				<Recoveries title="Recent recoveries" recoveries={recoveries} />
			)}
		</>
	);
};

const OneCluster = ({
	picture,
	nowMs,
	hint,
}: PageProps & { readonly hint: string }) => {
	const cluster = clusterOf(clustersOf(picture), hint);
	if (cluster === undefined)
		return <Empty>No cluster is known by the name {hint}.</Empty>;
	const names = new Set([cluster.alias, cluster.name]);
	const recoveries = recoveriesOf(picture).filter((each) =>
		names.has(each.cluster),
	);
	return (
		<>
			<ClusterCard
				cluster={cluster}
				operations={operationsOf(picture).filter(
					(each) => each.clusterName === cluster.name,
				)}
				rollings={rollingsOf(picture, cluster)}
				nowMs={nowMs}
			/>
			<Recoveries
				title="Recoveries of this cluster"
				recoveries={recoveries.slice(0, RECENT)}
			/>
		</>
	);
};

const Page = ({ place, ...page }: PageProps & { readonly place: Place }) => {
	if (place.page === "cluster")
		return <OneCluster {...page} hint={place.hint} />;
	if (place.page === "recoveries")
		return (
			<Recoveries title="Recoveries" recoveries={recoveriesOf(page.picture)} />
		);
	return <Clusters {...page} />;
};

const TITLES = {
	clusters: "Clusters",
	recoveries: "Recoveries",
	cluster: "Cluster",
} as const;

export const App = ({ live, place }: AppProps) => {
	const { connection, picture } = useSyncExternalStore(
		live.subscribe,
		live.state,
	);
	const nowMs = useNow();
	useEffect(() => {
		const what = place.page === "cluster" ? place.hint : TITLES[place.page];
		document.title = `Baton - ${what}`;
	}, [place]);
	return (
		<Frame connection={connection} picture={picture} page={place.page}>
			{connection === "connecting" ? (
				<Empty>Connecting…</Empty>
			) : (
				<Page place={place} picture={picture} nowMs={nowMs} />
			)}
		</Frame>
	);
};
