/*
 * The slots of a concurrency limit, as two servers and the runs of a deployment have it. A run takes a slot under a lease,
 * and then enters PENDING with it; it gives it back when it ends. SPIN goes through every order in which the steps can
 * happen; each names the code that it stands for. Who owns a run is in run.pml.
 *
 * With -D one rule of the product is taken away, and SPIN must find what goes wrong; model.test.ts has the list.
 */

#ifndef LIMIT
#define LIMIT 1
#endif
#ifndef DEATHS
#define DEATHS 1 /* of a server between two of its steps, or of the worker of a run */
#endif
#ifndef PAUSES
#define PAUSES 1 /* leases that pass although their run lives */
#endif
#ifndef COPIES
#define COPIES 1 /* of what gives a slot back: by the end of the run, by its worker, and again */
#endif
#define LEASES 5

#define WAITS 0   /* SCHEDULED */
#define UNDERWAY 1 /* PENDING or RUNNING, with a lease in its state */
#define ENDED 2
byte state[3];
byte leaseOf[3]; /* slotLeaseId in the state; it stays in the history when the run has ended */

/* concurrency-limit.taken, and the rows of slot-lease */
byte taken;
byte given; /* leases there have been */
#define ABSENT 0
#define HELD 1
#define PASSED 2
byte lease[LEASES + 1];
byte deaths, pauses, copies;

/* I6, at each commit: no more is held than there is, and what counts as taken is what the leases hold. */
inline check() {
  d_step {
    byte n, held;
    held = 0; n = 1;
    do
    :: n <= LEASES && lease[n] != ABSENT -> held++; n++
    :: n <= LEASES && lease[n] == ABSENT -> n++
    :: n > LEASES -> break
    od;
    assert(held <= LIMIT);
    assert(taken == held);
    n = 0; held = 0
  }
}

/* takeSlots in service/concurrency-limits.ts: counted and taken in one transaction of store.changeLimits; rules/slots.ts */
inline take() {
#ifndef COUNTS_BEFORE
  atomic {
    mine = 0;
    if
    :: taken < LIMIT -> given++; assert(given <= LEASES); mine = given; lease[mine] = HELD; taken++; check()
    :: else
    fi
  }
#else
  isFree = (taken < LIMIT);
  atomic {
    mine = 0;
    if
    :: isFree -> given++; assert(given <= LEASES); mine = given; lease[mine] = HELD; taken++; check()
    :: else
    fi
  }
#endif
}

/* endLease there, by store.endSlotLease: a lease ends once, whoever ends it. */
inline giveBack(id) {
  atomic {
    if
#ifndef BY_COUNT
    :: lease[id] != ABSENT -> lease[id] = ABSENT; taken--; check()
#else
    :: true -> lease[id] = ABSENT; taken--; check()
#endif
    :: else
    fi
  }
}

#define expires(ID) :: atomic { lease[ID] == PASSED -> mine = ID }; endPassed(mine); mine = 0
inline endPassed(id) {
  atomic {
    if
    :: lease[id] == PASSED -> lease[id] = ABSENT; taken--; check()
    :: else /* renewed or ended meanwhile */
    fi
  }
}

/*
 * A run ends: tellOthers in service/create-service.ts gives back the slot that it was claimed with. Its worker does so too
 * (worker/settle-run.ts), and may ask for it twice.
 */
#define ends(R) \
  :: atomic { state[R] == UNDERWAY -> state[R] = ENDED; mine = leaseOf[R] }; \
     if \
     :: giveBack(mine) \
     :: atomic { deaths < DEATHS -> deaths++ } \
     fi; \
     mine = 0 \
  :: atomic { state[R] == ENDED && copies < COPIES -> copies++; mine = leaseOf[R] }; giveBack(mine); mine = 0

/* A worker asks that a run be made PENDING: decideGuest and propose in service/guest-runs.ts. */
inline submit() {
       take();
       if
       :: mine != 0 ->
          if
          :: atomic { state[r] == WAITS -> state[r] = UNDERWAY; leaseOf[r] = mine } /* the guarded write */
          :: state[r] != WAITS -> /* another server was faster: undo() */
  #ifndef NO_UNDO
             giveBack(mine)
  #else
             skip
  #endif
          :: atomic { deaths < DEATHS -> deaths++ } /* this server is gone, and has told nobody of the lease */
          fi
       :: else
       fi;
       atomic { r = 0; mine = 0 }
}

active [2] proctype server() {
  byte r, mine;
#ifdef COUNTS_BEFORE
  bit isFree;
#endif
end:
  do
  :: atomic { taken < LIMIT && state[1] == WAITS -> r = 1 }; submit() /* woken as a slot comes free: slot-waiters.ts */
  :: atomic { taken < LIMIT && state[2] == WAITS -> r = 2 }; submit()
#ifndef NO_EXPIRY
  /* expireSlots: whether the time has passed is seen again in the transaction that ends the lease. */
  expires(1)
  expires(2)
  expires(3)
  expires(4)
  expires(5)
#endif
  ends(1)
  ends(2)
  od
}

/* Time. A lease is renewed as long as its run is under way (renewSlots in worker/dispatcher.ts); another passes in the end. */
#define isKept(id) ((state[1] == UNDERWAY && leaseOf[1] == id) || (state[2] == UNDERWAY && leaseOf[2] == id))
#define passes(ID) \
  :: atomic { lease[ID] == HELD && !isKept(ID) -> lease[ID] = PASSED } \
  :: atomic { lease[ID] == HELD && pauses < PAUSES -> pauses++; lease[ID] = PASSED } \
  :: atomic { lease[ID] == PASSED && isKept(ID) -> lease[ID] = HELD }
active proctype time() {
end:
  do
  passes(1)
  passes(2)
  passes(3)
  passes(4)
  passes(5)
  od
}

/* At rest every run has ended, and no slot is held. */
active proctype judge() {
end:
  timeout ->
    assert(state[1] == ENDED && state[2] == ENDED);
    assert(taken == 0)
}
