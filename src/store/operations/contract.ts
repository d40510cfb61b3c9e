/** What an operation holds while it runs: the epoch it was given, and who runs it. */
export interface OperationClaim {
	readonly identity: string;
	readonly epoch: number;
	readonly workflowId: string;
	readonly runId: string;
	readonly kind: string;
	readonly startedAtMs: number;
}

/** A cluster as it was taken once. */
export interface Epoch {
	readonly identity: string;
	readonly epoch: number;
}

/** A request that was begun already. */
interface BegunRequest {
	readonly runId: string;
	readonly atMs: number;
}

/** What an operation plans from, and a word that changes whenever that is written. */
interface KeptPicture {
	readonly picture: string;
	readonly revision: string;
}

export interface Operations {
	/**
	 * Takes the cluster for one operation, by compare-and-set: epoch + 1, claimed by this workflow run. The same run asking
	 * again, having been cut off, gets a new epoch too: what it did under the old one is over. A claim of another run is refused
	 * unless `preempt` names its run id.
	 */
	claim(input: {
		identity: string;
		workflowId: string;
		runId: string;
		kind: string;
		nowMs: number;
		preempt?: string;
		/**
		 * Of which epoch the run held the cluster when the try began that asks, 0 for none: one that stood still does not take the cluster
		 * from the try after it, whose claim is answered then. Missing: whichever it is.
		 */
		heldAt?: number;
		/** Names what a person has asked for: a claim for what another run has begun is refused, whoever holds the cluster. */
		request?: string;
	}): Promise<
		| { readonly claimed: true; readonly epoch: number }
		| { readonly claimed: false; readonly holder: OperationClaim }
		| { readonly claimed: false; readonly begun: BegunRequest }
	>;
	/** Forgets what was asked for before. @returns how many requests */
	purgeRequests(begunBeforeMs: number): Promise<number>;
	/**
	 * Frees the claim of that run; nothing happens when it no longer holds it. The epoch stays.
	 * @param through uid of an operation that has left nothing: its picture goes in the same go
	 */
	release(identity: string, runId: string, through?: string): Promise<void>;
	/** Run by which such a request was begun; undefined when it was not, or that is forgotten. */
	begun(request: string): Promise<BegunRequest | undefined>;
	/**
	 * Keeps what an operation plans from that begins now. Pictures of earlier operations of the cluster go.
	 * @returns whether the cluster is still the operation's: else nothing was changed
	 */
	beginPicture(uid: string, epoch: Epoch, kept: KeptPicture): Promise<boolean>;
	/** The same anew, of one that runs; nothing is kept of one whose cluster a newer one has taken. */
	keepPicture(uid: string, kept: KeptPicture): Promise<void>;
	picture(uid: string): Promise<KeptPicture | undefined>;
	/** That of the picture, which may be large. */
	pictureRevision(uid: string): Promise<string | undefined>;
	dropPicture(uid: string): Promise<void>;
	/** Of the cluster's newest operation, which runs or did not come to its end; undefined before it has looked. */
	pictureUid(identity: string): Promise<string | undefined>;
	/** What the newest operation of the cluster planned from; undefined when that one came to its end. */
	leftPicture(identity: string): Promise<string | undefined>;
	current(identity: string): Promise<OperationClaim | undefined>;
	running(): Promise<OperationClaim[]>;
	/** Whether `epoch` is still the cluster's epoch, `attempt` is the newest that asked for `step`, and no step of a higher number has asked; records `attempt` as such when it is newer. */
	isCurrent(input: {
		identity: string;
		epoch: number;
		step: string;
		attempt: number;
	}): Promise<boolean>;
}
