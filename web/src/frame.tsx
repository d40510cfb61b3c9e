import type { ReactNode } from "react";
import type { Picture } from "../../src/api/picture.ts";
import type { Connection } from "./live.ts";
import type { Place } from "./place.ts";
import { statusOf } from "./sections.ts";

interface FrameProps {
	readonly connection: Connection;
	readonly picture: Picture;
	readonly page: Place["page"];
	readonly children: ReactNode;
}

const CONNECTION_WORDS: Readonly<Record<Connection, string>> = {
	connecting: "Connecting",
	live: "Live",
	lost: "Disconnected",
};

const Mark = () => (
	<svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
		<g fill="none" strokeLinecap="round" strokeWidth="5">
			<path d="M7 25 24.5 7.5" stroke="var(--accent)" />
			<path d="M20.5 11.5 25 7" stroke="var(--tip)" />
		</g>
	</svg>
);

const NavLink = ({
	to,
	isHere,
	children,
}: {
	readonly to: string;
	readonly isHere: boolean;
	readonly children: ReactNode;
}) => (
	<a href={to} className="nav-link" aria-current={isHere ? "page" : undefined}>
		{children}
	</a>
);

const Standing = ({
	picture,
	connection,
}: Pick<FrameProps, "picture" | "connection">) => {
	const status = statusOf(picture);
	return (
		<div className="standing">
			{status && !status.globalRecoveries && (
				<span className="pill warn">automatic recovery off</span>
			)}
			{status &&
				(status.temporal.uiAddress === "" ? (
					<TemporalPill isReachable={status.temporal.isReachable} />
				) : (
					<a href={status.temporal.uiAddress} target="_blank" rel="noreferrer">
						<TemporalPill isReachable={status.temporal.isReachable} />
					</a>
				))}
			<span className={`pill connection ${connection}`} role="status">
				<i className="dot" />
				{CONNECTION_WORDS[connection]}
			</span>
			{status && <span className="node-name">{status.node}</span>}
		</div>
	);
};

const TemporalPill = ({ isReachable }: { readonly isReachable: boolean }) => (
	<span className={isReachable ? "pill" : "pill bad"}>
		<i className={isReachable ? "dot good" : "dot bad"} />
		{isReachable ? "Temporal" : "Temporal: blind"}
	</span>
);

/** The common frame of every page: navigation, how Baton itself stands, and what must be said loudly. */
export const Frame = ({ connection, picture, page, children }: FrameProps) => {
	const status = statusOf(picture);
	return (
		<>
			<header>
				<a className="brand" href="clusters">
					<Mark />
					Baton
				</a>
				<nav>
					<NavLink to="clusters" isHere={page !== "recoveries"}>
						Clusters
					</NavLink>
					<NavLink to="audit-recovery" isHere={page === "recoveries"}>
						Recoveries
					</NavLink>
				</nav>
				<Standing picture={picture} connection={connection} />
			</header>
			{connection === "lost" && (
				<p className="notice bad" role="alert">
					The connection to Baton is lost; what you see is the last that was
					known. Trying again.
				</p>
			)}
			{status?.warnings.map((warning) => (
				<p className="notice warn" role="alert" key={warning}>
					{warning}
				</p>
			))}
			{status && status.notice !== "" && (
				<p className="notice">{status.notice}</p>
			)}
			<main>{children}</main>
		</>
	);
};
