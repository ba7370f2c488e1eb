using System.Text.Json;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache.Explanation;
using static TlsProxy.Proxy.Telemetry.Metrics.MetricKind;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>Every metric of the proxy, in the order of <c>/stats</c>. <c>/stats</c> and <c>docs/metrics.md</c> are made of it.</summary>
internal static class MetricTable
{
    public static IReadOnlyList<Metric> Rows { get; } =
    [
        One("connections_accepted", Counter, "connections", "connections.accepted",
            "Connections accepted.", from => from.Count(worker => worker.Accepted)),
        One("connections_open", Gauge, "connections", "connections.open",
            "Connections that are open.", from => from.Sum(worker => worker.Open)),
        One("connections_failed", Counter, "connections", "connections.failed",
            "Connections whose stream was lost.", from => from.Count(worker => worker.Failed)),
        One("connections_deadlines", Counter, "connections", "connections.deadlines",
            "Connections cut by a deadline.", from => from.Count(worker => worker.Deadlines)),
        One("connections_laggards", Counter, "connections", "connections.laggards",
            "Clients cut because others that shared their response waited for them.", from => from.Count(worker => worker.Laggards)),
        One("connections_maximum", Gauge, "connections", "connections.maximum",
            "Connections that all workers may have.", from => from.ConnectionsMaximum),
        One("connections_ended_for_room", Counter, "connections", "connections.endedForRoom",
            "Idle connections ended to make room for others.", from => from.Count(worker => worker.EndedForRoom)),
        One("connections_accept_pauses", Counter, "pauses", "connections.acceptPauses",
            "Times that accepting paused for want of descriptors or memory, or at the limit.",
            from => from.Count(worker => worker.AcceptPauses)),
        One("connections_proxy_headers_refused", Counter, "connections", "connections.proxyHeadersRefused",
            "Connections that began without a valid header of the PROXY protocol.",
            from => from.Count(worker => worker.ProxyHeadersRefused)),

        One("handshakes_done", Counter, "handshakes", "handshakes.done",
            "TLS handshakes completed.", from => from.Count(worker => worker.Handshakes)),
        One("handshakes_resumed", Counter, "handshakes", "handshakes.resumed",
            "Completed handshakes that resumed a session.", from => from.Count(worker => worker.Resumed)),
        One("handshakes_failed", Counter, "handshakes", "handshakes.failed",
            "TLS handshakes that failed, or whose client left.", from => from.Count(worker => worker.HandshakeFailures)),
        One("handshakes_held", Gauge, "handshakes", "handshakes.held",
            "Unfinished handshakes that hold memory.", from => from.Sum(worker => worker.HandshakesHeld)),
        One("handshakes_dropped", Counter, "handshakes", "handshakes.dropped",
            "Unfinished handshakes dropped because too many held memory.", from => from.Sum(worker => worker.HandshakesDropped)),
        One("handshakes_delayed", Counter, "steps", "handshakes.delayed",
            "Steps of handshakes that waited for a later turn of their worker.", from => from.Sum(worker => worker.HandshakesDelayed)),
        Many("handshakes_versions", Counter, "handshakes", "handshakes.versions", "version",
            "Completed handshakes by the version of TLS.", from => from.Tallied(each => each.Versions)),
        Many("handshakes_suites", Counter, "handshakes", "handshakes.suites", "suite",
            "Completed handshakes by the cipher suite.", from => from.Tallied(each => each.Suites)),
        Many("handshakes_groups", Counter, "handshakes", "handshakes.groups", "group",
            "Completed handshakes by the group of their key exchange.", from => from.Tallied(each => each.Groups)),
        Many("handshakes_failures", Counter, "handshakes", "handshakes.failures", "reason",
            "Failed handshakes by their reason.", from => from.Tallied(each => each.Failures)),

        One("requests_total", Counter, "requests", "requests.total",
            "Requests whose head was valid.", from => from.Count(worker => worker.Requests)),
        One("requests_refused", Counter, "requests", "requests.refused",
            "Requests answered with a refusal.", from => from.Count(worker => worker.Refused)),
        Many("requests_answered", Counter, "requests", "requests.*", "outcome",
            "Requests by how they were answered.", from => Enum.GetValues<CacheOutcome>()
                .Select(outcome => Named(outcome, from.Count(worker => worker.Answered(outcome))))),
        One("requests_bytes", Counter, "bytes", "requests.bytes",
            "Bytes of complete responses, as the kernel took them.", from => from.Count(worker => worker.SentBytes)),
        One("requests_interim_responses", Counter, "responses", "requests.interimResponses",
            "Interim responses of the origin, such as 103, that clients were sent.", from => from.Count(worker => worker.Interims)),

        One("tunnels_open", Gauge, "tunnels", "tunnels.open",
            "WebSockets that are open.", from => from.Sum(worker => worker.Counters.TunnelsOpen)),
        One("tunnels_opened", Counter, "tunnels", "tunnels.opened",
            "WebSockets opened.", from => from.Count(worker => worker.TunnelsOpened)),
        One("tunnels_maximum", Gauge, "tunnels", "tunnels.maximum",
            "WebSockets that all workers may have.", from => from.TunnelsMaximum),
        Many("tunnels_refused", Counter, "requests", "tunnels.refused", "reason",
            "Requests for a WebSocket that opened none, by the reason.", from => Enum.GetValues<TunnelRefusal>()
                .Select(refusal => Named(refusal, from.Count(worker => worker.TunnelsRefused(refusal))))),
        One("tunnels_bytes_received", Counter, "bytes", "tunnels.bytesReceived",
            "Bytes of clients in WebSockets.", from => from.Count(worker => worker.TunnelBytesReceived)),
        One("tunnels_bytes_sent", Counter, "bytes", "tunnels.bytesSent",
            "Bytes of origins in WebSockets, as the kernel took them.", from => from.Count(worker => worker.TunnelBytesSent)),

        One("ktls_transmit_kernel", Counter, "connections", "ktls.transmitKernel",
            "Connections whose sent records the kernel makes.", from => from.Sum(worker => worker.Ktls.Transmit)),
        One("ktls_receive_kernel", Counter, "connections", "ktls.receiveKernel",
            "Connections whose received records the kernel opens.", from => from.Sum(worker => worker.Ktls.Receive)),
        One("ktls_handoff_partial", Counter, "connections", "ktls.handoffPartial",
            "Connections of which the kernel took the sending direction alone, though both were offered.",
            from => from.Sum(worker => worker.Ktls.Partial)),
        One("ktls_user_space", Counter, "connections", "ktls.userSpace",
            "Connections with both directions in user space.", from => from.Sum(worker => worker.Ktls.UserSpace)),
        Many("ktls_user_space_because", Counter, "connections", "ktls.userSpaceBecause", "reason",
            "Connections with both directions in user space, by the reason.", from => Enum.GetValues<KtlsReason>()
                .Where(reason => reason != KtlsReason.None)
                .Select(reason => Named(reason, from.Sum(worker => worker.Ktls.Because(reason))))),
        Many("ktls_refusals", Counter, "refusals", "ktls.refusals", "error",
            "Keys that the kernel refused, by its error.", from => from.Workers.SelectMany(worker => worker.Ktls.Refusals)
                .GroupBy(refusal => refusal.Key).OrderBy(refusals => refusals.Key)
                .Select(refusals => KeyValuePair.Create(refusals.Key.ToString(), refusals.Sum(refusal => refusal.Value)))),
        One("ktls_rekey_refused", Counter, "connections", "ktls.rekeyRefused",
            "Connections closed because the kernel takes no new key.", from => from.Sum(worker => worker.Ktls.RekeyRefused)),
        One("ktls_late_aborts", Counter, "connections", "ktls.lateAborts",
            "Aborted connections that the kernel kept for longer than expected.", from => from.Sum(worker => worker.Ktls.LateAborts)),

        One("records_alerts_sent", Counter, "alerts", "records.alertsSent",
            "Fatal alerts sent after the handshake.", from => from.Sum(worker => worker.Ktls.Records.AlertsSent)),
        One("records_alerts_received", Counter, "alerts", "records.alertsReceived",
            "Fatal alerts received after the handshake.", from => from.Sum(worker => worker.Ktls.Records.AlertsReceived)),
        One("records_truncated", Counter, "connections", "records.truncated",
            "Streams that ended without close_notify.", from => from.Sum(worker => worker.Ktls.Records.Truncated)),
        One("records_key_updates", Counter, "updates", "records.keyUpdates",
            "Key updates of clients.", from => from.Sum(worker => worker.Ktls.Records.KeyUpdates)),
        One("records_renegotiations_refused", Counter, "renegotiations", "records.renegotiationsRefused",
            "Renegotiations of TLS 1.2 that clients asked for.", from => from.Sum(worker => worker.Ktls.Records.RenegotiationsRefused)),
        One("records_keys_exhausted", Counter, "connections", "records.keysExhausted",
            "Connections cut because their keys had protected as many records as they may.",
            from => from.Sum(worker => worker.Ktls.Records.KeysExhausted)),

        One("rotation_certificates_changed", Counter, "certificates", "rotation.certificatesChanged",
            "Certificates that a reload has replaced.", from => from.Rotation?.CertificatesChanged),
        One("rotation_refused", Counter, "files", "rotation.refused",
            "Files that a reload has refused; the certificate before stays.", from => from.Rotation?.Refused),
        One("rotation_ticket_keys", Gauge, "keys", "rotation.ticketKeys",
            "Keys that open session tickets.", from => from.Rotation?.TicketKeys),
        One("rotation_ticket_key_rotations", Counter, "rotations", "rotation.ticketKeyRotations",
            "Changes of the key that seals session tickets.", from => from.Rotation?.TicketKeyRotations),

        One("ring_workers", Gauge, "workers", "ring.workers",
            "Workers, each with a loop of its own.", from => from.Workers.Count),
        One("ring_enters", Counter, "calls", "ring.enters",
            "System calls of the loops.", from => from.Sum(worker => worker.Loop.Enters)),
        One("ring_submitted", Counter, "operations", "ring.submitted",
            "Operations submitted.", from => from.Sum(worker => worker.Loop.Submitted)),
        One("ring_completions", Counter, "completions", "ring.completions",
            "Completions of operations.", from => from.Sum(worker => worker.Loop.Completions)),
        One("ring_batch_max", Gauge, "completions", "ring.batchMax",
            "The most completions of one turn of a loop.", from => from.Workers.Max(worker => worker.Loop.BatchMax)),
        One("ring_overflows", Counter, "overflows", "ring.overflows",
            "Overflows of completion queues.", from => from.Sum(worker => worker.Loop.Overflows)),
        One("ring_queue_full", Counter, "flushes", "ring.queueFull",
            "Times that a submission queue was full within a turn.", from => from.Sum(worker => worker.Loop.QueueFull)),
        One("ring_buffers_exhausted", Counter, "receives", "ring.buffersExhausted",
            "Receives that ended because the loop had no free buffer.", from => from.Sum(worker => worker.Loop.BuffersExhausted)),
        One("ring_operations", Gauge, "operations", "ring.operations",
            "Operations that haven't completed.", from => from.Sum(worker => worker.Operations)),
        One("ring_deadlines", Gauge, "deadlines", "ring.deadlines",
            "Deadlines that are armed.", from => from.Sum(worker => worker.Deadlines)),

        One("cache_entries", Gauge, "keys", "cache.entries",
            "Keys under which responses are stored; the variants of a key count once.", from => from.Cache.Entries),
        One("cache_bytes", Gauge, "bytes", "cache.bytes",
            "Bytes that stored responses take, as allocated.", from => from.Cache.Bytes),
        One("cache_evictions", Counter, "entries", "cache.evictions",
            "Stored responses that left for want of room.", from => from.Cache.Evictions),

        One("fetches_started", Counter, "requests", "fetches.started",
            "Requests to the origin.", from => from.Fetches.Started),
        One("fetches_in_flight", Gauge, "requests", "fetches.inFlight",
            "Requests to the origin in flight.", from => from.Fetches.InFlight),
        One("fetches_joinable", Gauge, "keys", "fetches.joinable",
            "Keys whose requests may join a fetch in flight.", from => from.Fetches.Joinable),
        One("fetches_arriving_bytes", Gauge, "bytes", "fetches.arrivingBytes",
            "Bytes held by bodies that arrive to be stored.", from => from.Fetches.ArrivingBytes),
        One("fetches_subscribers", Gauge, "requests", "fetches.subscribers",
            "Requests that wait for a fetch, or read what arrives.", from => from.Fetches.Subscribers),

        Many("origins_up", Gauge, "members", "origins.up", "member",
            "Members of origins: 1 for those that get requests, 0 for those that failed.",
            from => from.OfMembers(each => each.IsUp ? 1 : 0)),
        Many("origins_in_flight", Gauge, "requests", "origins.inFlight", "member",
            "Requests in flight by member.", from => from.OfMembers(each => each.InFlight)),
        Many("origins_requests", Counter, "requests", "origins.requests", "member",
            "Requests sent to each member, second attempts among them.", from => from.OfMembers(each => each.Requests)),
        Many("origins_failures", Counter, "requests", "origins.failures", "member",
            "Requests without a response that say a member is down.", from => from.OfMembers(each => each.Failures)),
        Many("origins_ejections", Counter, "ejections", "origins.ejections", "member",
            "Times that a member got no more requests.", from => from.OfMembers(each => each.Ejections)),
        Many("origins_latency", Gauge, "microseconds", "origins.latency", "member",
            "Time from a request to the head of its response, as a moving average in which the last one counts for an eighth.",
            from => from.OfMembers(each => each.LatencyMicroseconds)),

        One("origin_tls_handshakes", Counter, "handshakes", "originTls.handshakes",
            "TLS handshakes completed with origins.", from => from.OriginTls?.Handshakes),
        One("origin_tls_resumed", Counter, "handshakes", "originTls.resumed",
            "Those that resumed a session.", from => from.OriginTls?.Resumed),
        One("origin_tls_failed", Counter, "handshakes", "originTls.failed",
            "TLS handshakes with origins that failed.", from => from.OriginTls?.Failed),
        One("origin_tls_kernel_transmit", Counter, "connections", "originTls.kernelTransmit",
            "Connections to origins whose sent records the kernel makes.", from => from.OriginTls?.KernelTransmit),
        One("origin_tls_kernel_receive", Counter, "connections", "originTls.kernelReceive",
            "Connections to origins whose received records the kernel opens.", from => from.OriginTls?.KernelReceive),

        One("memory_rented_segments", Gauge, "segments", "memory.rentedSegments",
            "Segments of native memory in use.", from => from.Pool.RentedSegments + from.Sum(worker => worker.Uploads.RentedSegments)),
        One("memory_allocated_bytes", Gauge, "bytes", "memory.allocatedBytes",
            "Bytes of the segments in use.", from => from.Pool.AllocatedBytes + from.Sum(worker => worker.Uploads.AllocatedBytes)),
        One("memory_mapped_bytes", Gauge, "bytes", "memory.mappedBytes",
            "Bytes mapped for segments.", from => from.Pool.MappedBytes + from.Sum(worker => worker.Uploads.MappedBytes)),
        One("gc_heap_bytes", Gauge, "bytes", "gc.heapBytes",
            "Bytes of the managed heap.", _ => GC.GetTotalMemory(forceFullCollection: false)),
        One("gc_allocated_bytes", Counter, "bytes", "gc.allocatedBytes",
            "Bytes allocated on the managed heap.", _ => GC.GetTotalAllocatedBytes(precise: false)),
        Many("gc_collections", Counter, "collections", "gc.*", "generation",
            "Garbage collections by generation; each counts for the younger ones too.", _ => Enumerable.Range(0, GC.MaxGeneration + 1)
                .Select(generation => KeyValuePair.Create($"gen{generation}", (long)GC.CollectionCount(generation)))),

        One("faults", Counter, "exceptions", "faults",
            "Exceptions in callbacks; each ended one connection or one fetch.", from => from.Faults.Count),
        One("access_log_lost", Counter, "lines", "accessLog.lost",
            "Lines that the access log lost.", from => from.AccessLog?.Lost),

        Spread("latency_handshake", "From the accept to the keys, of completed TLS handshakes.", each => each.Handshake),
        Spread("latency_first_byte",
            "From a request's head until the kernel has taken its response's, with what leaves beside it.", each => each.FirstByte),
        Spread("latency_response", "From a request's head to the last bytes of its response; cut responses don't count.",
            each => each.Response),
        Spread("latency_upstream",
            "From a request's turn to the origin to the head of the answer, or to its failure; requests that join a fetch count too.",
            each => each.Upstream),
    ];

    private static ScalarMetric One(
        string name, MetricKind kind, string unit, string place, string help, Func<MetricSources, long?> read) =>
        new(name, kind, unit, help, place, read);

    private static LabelledMetric Many(
        string name, MetricKind kind, string unit, string place, string label, string help,
        Func<MetricSources, IEnumerable<KeyValuePair<string, long>>?> read) =>
        new(name, kind, unit, help, place, label, read);

    private static HistogramMetric Spread(string name, string help, Func<WorkerLatencies, LatencyHistogram> histogram) =>
        new(name, "nanoseconds", help, from => from.Merge(histogram));

    private static KeyValuePair<string, long> Named<T>(T value, long count)
        where T : struct, Enum =>
        KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), count);
}
