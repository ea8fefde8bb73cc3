package dev.luma.docker;

import java.time.Instant;

/**
 * What is known of an engine since the handshake.
 *
 * @param description for people, such as "Docker 20.10.24 (API 1.41)"
 * @param here whether it runs on this machine's kernel, so that its containers live in this machine's memory
 * @param direct whether containers are reached on their own address; otherwise their port is published
 * @param publishAddress the address of the engine's host on which ports are published
 * @param architecture of the engine's processor, by its own name for it
 * @param asOf the engine's clock at the handshake
 */
record EngineFacts(
        String description, boolean here, boolean direct, String publishAddress, String architecture, Instant asOf) {}
