import type { Credential } from "../mysql/credential.ts";
import type { StepContext } from "../mysql/steps/step-context.ts";

/** Replication accounts that running operations found, by their uid. They stay in this process; another one finds them anew. */
export const createCredentials = () => {
	const kept = new Map<string, Credential>();
	return {
		of: (uid: string): StepContext["credential"] => ({
			get: () => kept.get(uid),
			keep: (credential) => {
				kept.set(uid, credential);
			},
		}),
		drop: (uid: string): void => {
			kept.delete(uid);
		},
	};
};

export type Credentials = ReturnType<typeof createCredentials>;
