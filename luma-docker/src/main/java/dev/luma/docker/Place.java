package dev.luma.docker;

/** Where the network of a container comes from. */
sealed interface Place {

    /** The network mode by which an engine knows it. */
    String networkMode();

    /** A network interface of its own, on this network. */
    record Network(String name) implements Place {
        @Override
        public String networkMode() {
            return name;
        }
    }

    /**
     * The namespace that a sandbox holds. One container lives in it and no other ever will, so that no two share what only
     * one should have, such as the loopback interface.
     */
    final class Sandbox implements Place {
        private final String name;
        private final String containerId;
        private final String address;
        private volatile boolean dead;

        Sandbox(String name, String containerId, String address) {
            this.name = name;
            this.containerId = containerId;
            this.address = address;
        }

        String name() {
            return name;
        }

        String containerId() {
            return containerId;
        }

        /** The address at which whoever is in it is reached. */
        String address() {
            return address;
        }

        /** Whether it has ended, and its network with it. */
        boolean isDead() {
            return dead;
        }

        void died() {
            dead = true;
        }

        @Override
        public String networkMode() {
            return "container:" + containerId;
        }

        @Override
        public String toString() {
            return name + "@" + address;
        }
    }
}
