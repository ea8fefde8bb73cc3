package dev.luma.core;

/** Keeps how a wait ended. */
final class FakeWait implements Admission.Listener {

    volatile Lease lease;
    volatile Refusal refusal;
    volatile Waiter waiter;

    @Override
    public void granted(Lease granted) {
        lease = granted;
    }

    @Override
    public void refused(Refusal refused) {
        refusal = refused;
    }

    boolean hasEnded() {
        return lease != null || refusal != null;
    }

    boolean isGranted() {
        return lease != null;
    }
}
