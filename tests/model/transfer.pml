/* The transfer of one number: three clerks who will do anything, the holder, the next one, and time.
 *
 * Each guard is a macro.  With all of them, no order of steps leads to a theft.  Compiled with
 * -DNO_<GUARD> that one guard is left out, and there must be an order that does (test_transfer.py).
 *
 * What is true (who signed what, who saw what) is kept beside what the system believes; the claims at
 * the end look at what is true only.  Time is kept as ages that stop counting where they matter no more.
 */

#define COOLING 2
#define OPEN    4
#define FRESH   2

#ifdef NO_BINDING          /* a consent to one request counts for any */
#define SIGNED(by) (by != 0)
#else
#define SIGNED(by) (by == current)
#endif
#ifdef NO_CONSENT_FROM
#define G_FROM true
#else
#define G_FROM SIGNED(consent_from)
#endif
#ifdef NO_CONSENT_TO
#define G_TO true
#else
#define G_TO SIGNED(consent_to)
#endif
#ifdef NO_TWO_APPROVALS
#define G_APPROVALS (approved_a || approved_b)
#else
#define G_APPROVALS (approved_a && approved_b)
#endif
#ifdef NO_OTHER_APPROVER   /* who asked may approve */
#define G_OTHER(c) true
#else
#define G_OTHER(c) (asked_by != c)
#endif
#ifdef NO_ORDER            /* an approval may come before the consents */
#define G_ORDER true
#else
#define G_ORDER (G_FROM && G_TO)
#endif
#ifdef NO_COOLING_OFF
#define G_COOLING true
#else
#define G_COOLING (complete_age >= COOLING)
#endif
#ifdef NO_STOP             /* a request that was stopped takes effect all the same */
#define G_STOP true
#else
#define G_STOP (!stopped)
#endif
#ifdef NO_EXPIRY
#define G_EXPIRY true
#else
#define G_EXPIRY (asked_age < OPEN)
#endif
#ifdef NO_LOCK
#define G_LOCK true
#else
#define G_LOCK (!locked)
#endif
#ifdef NO_SIM_AGE
#define G_SIM true
#else
#define G_SIM (sim_age >= FRESH)
#endif
#ifdef NO_HOLDER           /* from whom it goes need not hold it any more */
#define G_HOLDER true
#else
#define G_HOLDER (!moved)
#endif
#ifdef NO_SUSPENSION       /* who was suspended since still counts */
#define G_SUSPENDED true
#else
#define G_SUSPENDED (!suspended_a)
#endif

#define NEXT  2
#define THIEF 3

byte requests = 0;         /* how many were asked so far */
byte current = 0;          /* the open one; 0: none */
byte asked_by = 0, asked_to = 0;
byte asked_age = 0, complete_age = 0, sim_age = FRESH;
byte consent_from = 0, consent_to = 0;   /* the request that was signed */
bool approved_a = false, approved_b = false, suspended_a = false;
bool complete = false, stopped = false, locked = false, moved = false;

/* What is true. */
byte owner_age = 0;        /* how long ago the owner signed */
bool saw_all = true;       /* each approver had both consents of this request before them */
bool effected = false;
bool theft_from = false, theft_to = false, alone = false, unseen = false, hasty = false;
bool after_stop = false, while_locked = false, on_fresh_sim = false, too_late = false;
bool not_the_holders = false, by_suspended = false;

#define BOTH (consent_from == current && consent_to == current)

inline completes() {
    if
    :: (!complete && G_FROM && G_TO && G_APPROVALS) -> complete = true; complete_age = 0
    :: else
    fi
}

inline older(age, most) { if :: (age < most) -> age++ :: else fi }

/* Anybody does anything at any time; a step is whole or not at all, as a transaction is. */
active proctype World() {
    do
    /* A clerk asks: 1 and 2 may also approve, 3 only asks.  For whom is up to them. */
    :: atomic { (current == 0 && requests < 2 && !effected) ->
           requests++; current = requests; asked_age = 0; complete = false; moved = false;
           approved_a = false; approved_b = false; stopped = false; saw_all = true;
           if :: asked_by = 1 :: asked_by = 2 :: asked_by = 3 fi;
           if :: asked_to = NEXT :: asked_to = THIEF fi }
    :: atomic { (current != 0 && !effected && !approved_a && G_OTHER(1) && G_ORDER && !suspended_a) ->
           approved_a = true; saw_all = saw_all && BOTH; completes() }
    :: atomic { (current != 0 && !effected && !approved_b && G_OTHER(2) && G_ORDER) ->
           approved_b = true; saw_all = saw_all && BOTH; completes() }

    /* The owner gives the number to the next one, never to the thief; stops; locks. */
    :: atomic { (current != 0 && !effected && asked_to == NEXT && consent_from != current && !stopped) ->
           consent_from = current; owner_age = 0; completes() }
    :: atomic { (current != 0 && !effected && !stopped) -> stopped = true }
    :: atomic { (!effected && !locked) -> locked = true }

    /* Whoever is to have it signs, or does not; the thief signs gladly. */
    :: atomic { (current != 0 && !effected && consent_to != current) ->
           consent_to = current; completes() }

    /* What happens around it: time, a stolen SIM, a suspension, a court that gives it to another. */
    :: atomic { !effected -> older(asked_age, OPEN); older(complete_age, COOLING);
           older(sim_age, FRESH); older(owner_age, COOLING) }
    :: atomic { (!effected && sim_age == FRESH) -> sim_age = 0 }
    :: atomic { (!effected && !suspended_a) -> suspended_a = true }
    :: atomic { (!effected && current != 0 && !moved) -> moved = true }

    /* A request that was stopped gives way to another. */
    :: atomic { (current != 0 && stopped && !effected && requests < 2) -> current = 0 }

    :: atomic { (current != 0 && !effected && complete && G_FROM && G_TO && G_APPROVALS && G_COOLING &&
                 G_STOP && G_EXPIRY && G_LOCK && G_SIM && G_HOLDER && G_SUSPENDED) ->
           effected = true;
           theft_from = (consent_from != current);
           theft_to = (consent_to != current);
           alone = (!(approved_a && approved_b) || (asked_by == 1 && approved_a) ||
                    (asked_by == 2 && approved_b));
           unseen = !saw_all;
           hasty = (owner_age < COOLING);
           after_stop = stopped;
           while_locked = locked;
           on_fresh_sim = (sim_age < FRESH);
           too_late = (asked_age == OPEN);
           not_the_holders = moved;
           by_suspended = (suspended_a && approved_a) }
    od
}

ltl the_owner_wanted_exactly_this { [] !theft_from }
ltl the_next_wanted_exactly_this  { [] !theft_to }
ltl nobody_alone                  { [] !alone }
ltl everything_was_seen           { [] !unseen }
ltl time_to_notice                { [] !hasty }
ltl a_stop_stops                  { [] !after_stop }
ltl a_lock_locks                  { [] !while_locked }
ltl no_fresh_sim                  { [] !on_fresh_sim }
ltl not_for_ever                  { [] !too_late }
ltl only_from_the_holder          { [] !not_the_holders }
ltl no_suspended_approver         { [] !by_suspended }
/* The other way round: what everybody wants does happen, or the model would prove nothing. */
ltl it_can_happen                 { [] !effected }
