/*
 * The life of one scheduled run, from its making to its end, as two servers, two workers, a network and a person have it.
 * SPIN goes through every order in which their steps can happen. Each step names the code that it stands for: change both.
 *
 * What is left out: time (a lease may pass at any moment, and who is slow does not move), what a step of the run records, and
 * the slots of limits, which are in slots.pml.
 *
 * With -D one rule of the product is taken away, and SPIN must find what goes wrong; model.test.ts has the list.
 */

#ifndef LOSSES
#define LOSSES 0 /* requests and answers that the network loses */
#endif
#ifndef COPIES
#define COPIES 0 /* requests that arrive twice, the second time at any time */
#endif
#ifndef LATE
#define LATE 0 /* answers that are not waited for: the request was applied, or will be, and counts as timed out */
#endif
#ifndef DEATHS
#define DEATHS 0 /* machines that are gone, with the worker and what it runs */
#endif
#ifndef POISON
#define POISON 0 /* processes that die of what they run, while their worker lives */
#endif
#ifndef PAUSES
#define PAUSES 0 /* leases that pass although their process lives: it is paused, or cut off */
#endif
#ifndef CANCELS
#define CANCELS 0 /* cancellations that a person asks for */
#endif
#ifndef RESUMES
#define RESUMES 0 /* resumes of what has ended, that a person asks for */
#endif
#ifndef RETRIES
#define RETRIES 0 /* attempts of the flow that fail and are tried again in their process */
#endif
#ifndef PROCESSES
#define PROCESSES 2 /* processes that execute the run, or try to: each for one claim */
#endif
#define TRIES 2 /* how often a request is made when no answer comes */

/* ---- the ledger: the row of flow_run, and the rows of executor_process ---- */

#define NONE 0
#define SCHEDULED 1
#define PENDING 2
#define RUNNING 3
#define CANCELLING 4
#define COMPLETED 5
#define CRASHED 6
#define CANCELLED 7
#define isTerminal(s) (s >= COMPLETED)

byte state;     /* state.type */
byte at;        /* state.at: grows with each state */
byte epoch;     /* the fencing token */
byte owner;     /* owner_id; 0 is null */
byte claimedBy; /* a bit for each worker's claim in the history, by its transitionId */

#define ABSENT 0
#define HELD 1
#define PASSED 2
byte lease[PROCESSES + 1];
#define isOwned (owner != 0 && lease[owner] == HELD)

/* ---- what the invariants are about ---- */

byte made;            /* runs made for the schedule and the due time: I5 */
byte ends[RESUMES + 4]; /* ends written in the time of one token: I1, I4 */
byte bodies;          /* processes that have begun the flow's function */
byte resumes, born, deaths, poison, pauses, cancels, losses, copies, late, retries;
bit isDead[PROCESSES + 1]; /* its lease is not renewed, and nobody ends it */

/* ---- requests under way: a bit for each try of a process. They arrive in any order ---- */

#define PEND 0
#define CLAIM 1
#define END 2
#define RENEW 3
#define KINDS 4
byte flying[PROCESSES * KINDS];
#define place(process, kind) ((process - 1) * KINDS + kind)

#define START 0
#define RESUME 1
bit mode[PROCESSES + 1];
byte readAt[PROCESSES + 1];  /* the state that its worker decided on: FlowRunProposal.stateAt */
byte token[PROCESSES + 1];   /* what it was given by its claim: FlowRunProposal.epoch */
byte outcome[PROCESSES + 1]; /* what it says that the run has come to */

#define NOTHING 0
#define YES 1
#define NO 2
byte waitsFor[PROCESSES + 1]; /* the try whose answer is waited for; 0 for none */
byte answer[PROCESSES + 1];
bit isResumeWanted;

/* isExpected in store/sql/transition.ts. `at` names the state, and with it its type and the token of its time. */
#ifdef NO_GUARD
#define isExpected(a) true
#else
#define isExpected(a) (at == a)
#endif

/* A state that is written, but for the one of a claim: the one door. */
inline enter(to) {
  assert(!isTerminal(state)); /* an end stays */
  assert(state != CANCELLING || to == CANCELLED); /* what is being cancelled only ends */
  state = to; at++;
  if
  :: isTerminal(to) -> ends[epoch]++; assert(ends[epoch] <= 1); owner = 0
  :: else
  fi
}

/* Made by a claim: the token grows by one. */
inline enterAsClaim(process) {
  assert(state != COMPLETED);
  assert(!isTerminal(state) || mode[process] == RESUME); /* what has ended begins again only when somebody asks */
  state = RUNNING; at++; epoch++; owner = process; token[process] = epoch
}

/* ---- decisions, each on what was read: `to` is the state to write, or 0 for none ---- */

/* proposeFlowRunState with PENDING, `guest` and `stateAt`: rules/guest-run-transitions.ts. `stateAt` comes first: isOvertaken. */
inline decidePend() {
  if
#ifndef NO_STATE_AT
  :: at != readAt[p] -> to = 0
#endif
  :: else ->
     if
     :: state == SCHEDULED || (state == CRASHED && owner == 0) -> to = PENDING
     :: else -> to = 0 /* "two do not claim one run" */
     fi
  fi
}

/* claimFlowRun in service/create-service.ts; rules/claims.ts */
inline decideClaim() {
  if
  :: isOwned && !isTerminal(state) -> to = 0 /* RUN_OWNED */
  :: else ->
     if
     :: mode[p] == START && (state == SCHEDULED || state == PENDING) -> to = RUNNING
     :: mode[p] == RESUME && state != COMPLETED && !(owner == 0 && (state == PENDING || state == SCHEDULED)) -> to = RUNNING
     :: else -> to = 0 /* RUN_NOT_RESUMABLE */
     fi
  fi
}

/* What an owner proposes: rules/flow-run-transitions.ts, in their order. */
inline decideProposal(process, proposed) {
  if
#ifndef NO_STALE_RULE
  :: token[process] < epoch -> to = 0 /* "a stale owner is refused" */
#endif
  :: else ->
     if
#ifndef NO_TERMINAL_RULE
     :: isTerminal(state) -> to = 0 /* "a terminal state stays" */
#endif
     :: else ->
        if
#ifndef NO_CANCELLING_RULE
        :: state == CANCELLING && proposed != CANCELLED -> to = 0 /* "a run being cancelled only ends" */
#endif
        :: else -> to = proposed
        fi
     fi
  fi
}

#if defined(RETRIES_WAIT_FOR_EVER) || defined(SWEEP_PASSES_BY)
#define mayBeEnded (!isTerminal(state) && state != SCHEDULED)
#else
#define mayBeEnded (!isTerminal(state))
#endif
#ifdef SWEEP_PASSES_BY
#define isLeft (!isTerminal(state)) /* it finds what it then does not end, and finds it again */
#else
#define isLeft mayBeEnded
#endif
#ifdef CRASHED_BEGIN_AGAIN
#define whatCrashes SCHEDULED
#else
#define whatCrashes CRASHED
#endif

/* expireProcesses and endProcess: service/process-registry.ts, and crash() in service/create-service.ts */
inline decideEnd(process) {
  if
  :: owner == process && mayBeEnded -> to = (state == CANCELLING -> CANCELLED : whatCrashes)
  :: else -> to = 0
  fi
}

inline endOwned(process) {
  if
  :: to != 0 && isExpected(a) ->
     enter(to);
     if
     :: to == SCHEDULED -> owner = 0
     :: else
     fi
  :: else /* nothing to end, or somebody was faster: the process is forgotten all the same */
  fi;
  lease[process] = ABSENT
}

/* ---- a server: takes requests, and does what its loops do. It keeps nothing, so its death is a lost answer ---- */

/* A request arrives: now, or now and once more. */
#define isHere(P, K, T) (flying[place(P, K)] & (1 << T)) -> p = P; kind = K; try = T
#define each(P) \
  :: isHere(P, PEND, 1) \
  :: isHere(P, PEND, 2) \
  :: isHere(P, CLAIM, 1) \
  :: isHere(P, CLAIM, 2) \
  :: isHere(P, END, 1) \
  :: isHere(P, END, 2) \
  :: isHere(P, RENEW, 1)
inline arrive() {
  if
  each(1)
  each(2)
#if PROCESSES > 2
  each(3)
#endif
  fi;
  if
  :: flying[place(p, kind)] = flying[place(p, kind)] & ~(1 << try)
  :: copies < COPIES -> copies++
  fi
}

inline decide() {
  a = at;
  if
  :: kind == PEND -> decidePend()
  :: kind == CLAIM -> decideClaim()
  :: kind == END -> decideProposal(p, outcome[p])
  fi
}

inline tell(verdict) {
  if
  :: waitsFor[p] == kind * 4 + try -> answer[p] = verdict
  :: else
  fi
}

inline forget() { p = 0; kind = 0; try = 0; a = 0; to = 0 }

inline serve() {
  atomic {
    arrive();
    if
    :: kind == RENEW ->
       if
       :: lease[p] != ABSENT -> lease[p] = HELD
       :: else
       fi
    :: else -> decide()
    fi
  };
  /* The others go on, and may be faster: then it reads and decides again. */
  do
  :: atomic { to != 0 && isExpected(a) ->
       if
       :: kind == CLAIM -> enterAsClaim(p); tell(YES)
       :: kind == PEND -> enter(to); claimedBy = claimedBy | (1 << p); tell(YES)
       :: kind == END -> assert(token[p] == epoch); enter(to); tell(YES) /* I4: of the highest token */
       fi;
       forget(); break }
  :: atomic { to != 0 && !isExpected(a) -> decide() }
  :: atomic { to == 0 ->
       if
       :: kind == PEND && (claimedBy & (1 << p)) -> tell(YES) /* the answer to an earlier try was lost */
       :: kind == RENEW
       :: else -> tell(NO)
       fi;
       forget(); break }
  od
}


active [2] proctype server() {
  byte p, kind, try, a, to;
  /* loops/scheduler.ts: both have seen the same due time. The run's id follows from it, so it is there once. */
  atomic {
    if
#ifndef OWN_IDS
    :: made > 0
#endif
    :: else -> made++; state = SCHEDULED; at = 1
    fi;
    assert(made <= 1) /* I5 */
  };
end:
  do
  :: serve()
#ifndef NO_EXPIRY
  :: atomic { lease[1] == PASSED -> p = 1; a = at; decideEnd(p) }; atomic { endOwned(p); forget() }
  :: atomic { lease[2] == PASSED -> p = 2; a = at; decideEnd(p) }; atomic { endOwned(p); forget() }
#if PROCESSES > 2
  :: atomic { lease[3] == PASSED -> p = 3; a = at; decideEnd(p) }; atomic { endOwned(p); forget() }
#endif
#endif
#ifndef NO_ORPHANS
  /* The runs of processes that are not known any more. */
  :: atomic { owner != 0 && lease[owner] == ABSENT && isLeft -> p = owner; a = at; decideEnd(p) };
     atomic { endOwned(p); forget() }
#endif
#ifndef NO_LOST_CLAIMS
  /* worker/lost-claims.ts, loops/settle-cancellations.ts: what nobody executes, and nobody will. */
  :: atomic { owner == 0 && (state == PENDING || state == CANCELLING) ->
       a = at; to = (state == CANCELLING -> CANCELLED : CRASHED) };
     atomic {
#ifndef SWEEPS_MAY_BE_OVERTAKEN
       if
       :: isExpected(a) -> enter(to)
       :: else
       fi;
#else
       /* Decided anew on what the run is by then. */
       if
       :: !isTerminal(state) && (state != CANCELLING || to == CANCELLED) -> assert(!isOwned); enter(to)
       :: else
       fi;
#endif
       forget()
     }
#endif
  od
}

/* ---- a worker: takes what is due, and has a process of its own execute it ---- */

/* Makes a request and waits for its answer. None comes when the request or the answer is lost. */
inline ask(kind) {
  atomic { waitsFor[me] = kind * 4 + nr; flying[place(me, kind)] = flying[place(me, kind)] | (1 << nr) };
  atomic {
    if
    :: answer[me] != NOTHING -> got = answer[me]
    :: answer[me] != NOTHING && losses < LOSSES -> losses++; got = NOTHING
    :: (flying[place(me, kind)] & (1 << nr)) && losses < LOSSES ->
       losses++; got = NOTHING; flying[place(me, kind)] = flying[place(me, kind)] & ~(1 << nr)
    :: late < LATE -> late++; got = NOTHING
    fi;
    waitsFor[me] = 0; answer[me] = NOTHING
  }
}

/* The machine is gone. A new worker takes its place, which knows nothing. */
#define dies atomic { deaths < DEATHS -> deaths++; isDead[me] = true; goto idle }
/* The process is gone, and its worker sees it. */
#define breaks atomic { poison < POISON -> poison++; goto settle }

active [2] proctype worker() {
  byte me, nr, got, to, a;
idle:
  atomic { me = 0; nr = 0; got = 0; to = 0; a = 0 };
end:
  atomic {
    if
    :: state == SCHEDULED && owner == 0 && born < PROCESSES -> born++; me = born; mode[me] = START; readAt[me] = at
    :: isResumeWanted && born < PROCESSES -> /* millrace flow-run resume, in the person's own process */
       isResumeWanted = false; born++; me = born; mode[me] = RESUME
    fi;
    nr = 1;
    if
    :: mode[me] == RESUME -> goto take
    :: else
    fi
  };

claim: /* claim() in worker/dispatcher.ts */
  do
  :: ask(PEND);
     atomic {
       if
       :: got == YES -> nr = 1; break
       :: got == NO -> goto idle
       :: got == NOTHING && nr < TRIES -> nr++
       :: got == NOTHING && nr == TRIES -> /* it looks again for what is due */
          if
          :: state == SCHEDULED && at == readAt[me] -> nr = 1
          :: else -> goto idle
          fi
       fi
     }
  :: dies
  od;

take: /* worker/process/claim-for-process.ts */
  do
  :: atomic { lease[me] = HELD }; /* registerProcess */
     ask(CLAIM);
     atomic {
       if
       :: got == YES || (got == NO && nr > 1 && owner == me) -> break
       :: got == NO && !(nr > 1 && owner == me) -> goto gone
       :: got == NOTHING && nr < TRIES -> nr++
       :: got == NOTHING && nr == TRIES -> goto settle
       fi
     }
  :: dies
  od;

body: /* engine/run-flow.ts, from the top */
  atomic { bodies++; assert(bodies <= 1 + resumes); nr = 1 }; /* what kills its process kills one */
  do
  :: atomic { epoch > token[me] -> goto gone } /* attendTo in engine/process-lease.ts: another has it */
  :: atomic { state == CANCELLING && owner == me -> outcome[me] = CANCELLED; break }
  :: atomic { outcome[me] = COMPLETED; break }
  :: atomic { lease[me] != HELD && flying[place(me, RENEW)] == 0 && token[me] > 0 && nr == 1 -> nr = 2; flying[place(me, RENEW)] = 2 }
  :: atomic { retries < RETRIES -> retries++; decideProposal(me, SCHEDULED);
       if
       :: to != 0 -> enter(to) /* AwaitingRetry: owned all the same */
       :: else
       fi };
     if
     :: atomic { decideProposal(me, RUNNING);
          if
          :: to != 0 && state == SCHEDULED -> enter(to) /* Retrying */
          :: else
          fi;
          to = 0 }
     :: dies
     :: breaks
     fi
  :: dies
  :: breaks
  od;

finish: /* #finish and #end in engine/run-flow.ts, by engine/journal.ts */
  nr = 1;
  do
  :: ask(END);
     atomic {
       if
       :: got == YES -> goto settle
       :: got == NO && state == CANCELLING && outcome[me] != CANCELLED -> outcome[me] = CANCELLED; nr = TRIES
       :: got == NO && !(state == CANCELLING && outcome[me] != CANCELLED) -> goto settle
       :: got == NOTHING && nr < TRIES -> nr++
       :: got == NOTHING && nr == TRIES -> goto settle
       fi
     }
  :: dies
  od;

settle: /* worker/settle-run.ts: the process is gone. The token is the one that the run is read with. */
  atomic {
    if
    :: !isTerminal(state) && (owner == me || (owner == 0 && state == PENDING)) ->
       token[me] = epoch; enter((state == CANCELLING -> CANCELLED : CRASHED))
    :: else
    fi
  };
gone: /* endProcess; or the orchestrator does not answer for as long as it is tried */
  if
  :: atomic { a = at; decideEnd(me); endOwned(me) }
  :: atomic { losses < LOSSES -> losses++; isDead[me] = true }
  fi;
  goto idle
}

/* Time: the lease of whoever does not renew it passes. That of a process that lives may too. */
active proctype time() {
end:
  do
  :: isDead[1] && lease[1] == HELD -> lease[1] = PASSED
  :: isDead[2] && lease[2] == HELD -> lease[2] = PASSED
  :: atomic { lease[1] == HELD && pauses < PAUSES -> pauses++; lease[1] = PASSED }
  :: atomic { lease[2] == HELD && pauses < PAUSES -> pauses++; lease[2] = PASSED }
#if PROCESSES > 2
  :: isDead[3] && lease[3] == HELD -> lease[3] = PASSED
  :: atomic { lease[3] == HELD && pauses < PAUSES -> pauses++; lease[3] = PASSED }
#endif
  od
}

active proctype person() {
  byte a, to;
end:
  do
  :: atomic { state != NONE && !isTerminal(state) && cancels < CANCELS -> cancels++ };
     do
     :: atomic { state == CANCELLING || isTerminal(state) -> break }
     :: atomic { state != CANCELLING && !isTerminal(state) -> a = at;
          /* "cancelling a run that nobody executes cancels it" */
          to = (state == SCHEDULED && owner == 0 -> CANCELLED : CANCELLING) };
        atomic {
          if
          :: isExpected(a) && state != CANCELLING && !isTerminal(state) -> enter(to); break
          :: else
          fi
        }
     od;
     atomic { a = 0; to = 0 }
  :: atomic { (state == CRASHED || state == CANCELLED) && resumes < RESUMES -> resumes++; isResumeWanted = true }
  od
}

/* When nothing can move any more the run has ended, and nobody owns it. */
active proctype judge() {
end:
  timeout -> assert(isTerminal(state)); assert(owner == 0)
}

#ifdef FAIR
/* The judge sees where nothing can move; this one sees where something moves for ever. */
ltl ends { <> [] (isTerminal(state)) }
#endif
