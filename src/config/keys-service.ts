/** Keys of the process, its listener, authentication and TLS. */
import { bool, list, secret, text, uint } from "./key.ts";

export const processKeys = {
	Debug: bool(
		false,
		"honoured",
		"start",
		"Log from DEBUG upwards; `-quiet` on the command line is stronger.",
	),
	EnableSyslog: bool(
		false,
		"notYet",
		"start",
		"Also send log lines of INFO and above to the local syslog.",
	),
};

const NO_RAFT =
	"nodes share one Temporal cluster; there is no raft group whose members call each other";

export const httpKeys = {
	ListenAddress: text(
		":3000",
		"honoured",
		"start",
		"`host:port` or `:port` on which the pages and the API are served.",
	),
	ListenSocket: text(
		"",
		"honoured",
		"start",
		"Unix socket to serve on instead of TCP.",
	),
	HTTPAdvertise: text(
		"",
		"none",
		"start",
		"`scheme://host:port` at which raft peers reach this node.",
		NO_RAFT,
	),
	URLPrefix: text(
		"",
		"honoured",
		"start",
		"Path below which everything is served; brought to one leading and no trailing slash.",
	),
	StatusEndpoint: text(
		"/api/status",
		"honoured",
		"start",
		"Route of the status check.",
	),
	StatusOUVerify: bool(
		false,
		"notYet",
		"live",
		"With mutual TLS, ask for a valid OU on the status route too.",
	),
	WebMessage: text(
		"",
		"honoured",
		"live",
		"Notice shown at the top of every page.",
	),
	RemoveTextFromHostnameDisplay: text(
		"",
		"notYet",
		"live",
		"Text cut out of instance names where pages show them.",
	),
};

const NO_OAUTH = "orchestrator does not read it either";

export const authenticationKeys = {
	ReadOnly: bool(
		false,
		"honoured",
		"live",
		"Refuse every request that changes something.",
	),
	AuthenticationMethod: text(
		"",
		"honoured",
		"start",
		"Who may come in and who may change things: empty (everyone), `basic`, `multi`, `proxy`, `token` or `oauth`, in any case.",
		"`oauth` lets nobody change anything, as in orchestrator",
	),
	OAuthClientId: text("", "none", "none", "OAuth client id.", NO_OAUTH),
	OAuthClientSecret: secret(
		"",
		"none",
		"none",
		"OAuth client secret.",
		NO_OAUTH,
	),
	OAuthScopes: list([], "none", "none", "OAuth scopes.", NO_OAUTH),
	HTTPAuthUser: text(
		"",
		"honoured",
		"start",
		"User of `basic`, and the user of `multi` who may change things.",
	),
	HTTPAuthPassword: secret(
		"",
		"honoured",
		"start",
		"Password of that user. Not expanded from the environment.",
	),
	AuthUserHeader: text(
		"X-Forwarded-User",
		"honoured",
		"live",
		"`proxy`: request header that carries the user's name.",
		"compared without regard to case; orchestrator needs the canonical spelling",
	),
	PowerAuthUsers: list(
		["*"],
		"honoured",
		"live",
		"`proxy`: users who may change things; `*` is everyone.",
	),
	PowerAuthGroups: list(
		[],
		"honoured",
		"live",
		"`proxy`: Unix groups whose members may change things.",
	),
	AccessTokenUseExpirySeconds: uint(
		60,
		"seconds",
		"honoured",
		"live",
		"`token`: time in which a new public token can be exchanged for a cookie.",
	),
	AccessTokenExpiryMinutes: uint(
		1440,
		"minutes",
		"honoured",
		"live",
		"`token`: lifetime of an acquired token, from its making.",
	),
};

export const tlsKeys = {
	UseSSL: bool(false, "honoured", "start", "Serve HTTPS on `ListenAddress`."),
	UseMutualTLS: bool(
		false,
		"notYet",
		"start",
		"Ask each client for a certificate with one of `SSLValidOUs`.",
	),
	SSLSkipVerify: bool(
		false,
		"notYet",
		"start",
		"Do not verify certificates of peers.",
	),
	SSLPrivateKeyFile: text(
		"",
		"honoured",
		"start",
		"PEM private key for `UseSSL`.",
	),
	SSLCertFile: text("", "honoured", "start", "PEM certificate for `UseSSL`."),
	SSLCAFile: text(
		"",
		"notYet",
		"start",
		"PEM bundle of the authorities that sign client certificates.",
	),
	SSLValidOUs: list(
		[],
		"notYet",
		"start",
		"Organizational Units of which a client certificate must have one.",
	),
};
