namespace TlsProxy.Proxy.Upstream;

/// <summary>What <see cref="RequestBody.TryPull"/> finds.</summary>
internal enum RequestBodyPull : byte
{
    /// <summary>Bytes, which stay where they are until <see cref="RequestBody.Advance"/>.</summary>
    Bytes,

    /// <summary>The client's next bytes haven't come; <see cref="RequestBody.Subscribe"/> tells of them.</summary>
    NotYet,

    /// <summary>All bytes have been taken.</summary>
    End,

    /// <summary>The rest won't come: the client broke off, the body was discarded, or there was no memory for it.</summary>
    Broken,
}
