namespace TlsProxy.Proxy.Exchanges;

/// <summary>How long each stage of a connection may take.</summary>
internal sealed record DeadlineOptions
{
    /// <summary>From the accept to the keys.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first byte of a head, or from the accept, to its end.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>While the proxy drains: until a client that hasn't asked for anything yet has sent the first byte of a request.</summary>
    public TimeSpan FirstWhileDraining { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>While the proxy drains: from one request of a connection to the next, which is answered with Connection: close.</summary>
    public TimeSpan IdleWhileDraining { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without a byte of a request's body.</summary>
    public TimeSpan Body { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until an answer comes that another thread makes, such as that of a reload.</summary>
    public TimeSpan LaterAnswer { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The slowest a request's body may come on average, in bytes a second; 0 for any.</summary>
    public long BodyRateMinimum { get; init; } = 240;

    /// <summary>How long a request's body may come more slowly in the beginning.</summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at how a request's body comes.</summary>
    public TimeSpan BodyLook => Body < TimeSpan.FromSeconds(1) ? Body : TimeSpan.FromSeconds(1);

    /// <summary>Between two requests.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Without any byte taken from a response on its way.</summary>
    public TimeSpan Write { get; init; } = TimeSpan.FromSeconds(30);
}
