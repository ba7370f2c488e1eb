namespace TlsProxy.Proxy.Http;

/// <summary>A request's head. A worker reuses one for hits; <see cref="Detach"/> copies it for what outlives the call.</summary>
/// <remarks>Its many fields are ranges of one copy of the head and what parsing found out, so that a hit allocates nothing.</remarks>
internal sealed class RequestHead
{
    private byte[] _bytes = [];

    public FieldTable Fields { get; } = new();

    public KnownMethod Method { get; internal set; }

    /// <summary>The method as it was sent; it is case-sensitive.</summary>
    public ReadOnlySpan<byte> MethodText => _bytes.AsSpan(MethodRange);

    /// <summary>Path and query as they were sent, or <c>*</c>; of an absolute target what follows the authority.
    /// Where nothing follows it is the root, of OPTIONS the server as a whole (RFC 9112, section 3.2.4).</summary>
    public ReadOnlySpan<byte> Target =>
        TargetRange.Start.Value < TargetRange.End.Value ? _bytes.AsSpan(TargetRange) : Method == KnownMethod.Options ? "*"u8 : "/"u8;

    /// <summary>The method in the memory of the head, which outlives the call only where the head was detached.</summary>
    public ReadOnlyMemory<byte> MethodMemory => _bytes.AsMemory(MethodRange);

    /// <summary>The same of the target.</summary>
    public ReadOnlyMemory<byte> TargetMemory =>
        TargetRange.Start.Value < TargetRange.End.Value ? _bytes.AsMemory(TargetRange) : Target.ToArray();

    /// <summary>The Host field, or the authority of an absolute target; empty in HTTP/1.0 without it.</summary>
    public ReadOnlySpan<byte> Host => _bytes.AsSpan(HostRange);

    /// <summary>The scheme of the target URI is https (RFC 9110, section 7.1): how the client reached this proxy, or the one before it
    /// that is trusted. Whoever takes the head from a connection says so.</summary>
    public bool IsHttps { get; set; }

    /// <summary>The client has presented a certificate, of which the origin is told.</summary>
    public bool HasClientCertificate { get; internal set; }

    /// <summary>The target is absolute and begins with https.</summary>
    public bool NamesHttps { get; internal set; }

    public HttpVersion Version { get; internal set; }

    public BodyFraming Framing { get; internal set; }

    /// <summary>Bytes of the body when <see cref="Framing"/> is <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>Whether bytes of a body may follow the head.</summary>
    public bool HasBody => Framing == BodyFraming.Chunked || ContentLength > 0;

    /// <summary>Whether the client lets the connection go on after this request (RFC 9112, section 9.3).</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The client waits for 100 Continue (RFC 9110, section 10.1.1).</summary>
    public bool ExpectsContinue { get; internal set; }

    /// <summary>The client wants the trailers of a chunked answer (RFC 9110, section 6.5.1).</summary>
    public bool AcceptsTrailers { get; internal set; }

    /// <summary>How often OPTIONS or TRACE may still be forwarded (RFC 9110, section 7.6.2); -1 for no limit.</summary>
    public long MaxForwards { get; internal set; } = -1;

    /// <summary>The offer to switch to WebSocket that the origin gets; null for none. Reading a head sets none: the exchange does, once it
    /// has judged the client's offer.</summary>
    public WebSocketOffer? WebSocket { get; set; }

    /// <summary>Bytes of the head.</summary>
    public int Length { get; private set; }

    internal Range MethodRange { get; set; }

    internal Range TargetRange { get; set; }

    internal Range HostRange { get; set; }

    /// <summary>A copy that lives on its own.</summary>
    public RequestHead Detach()
    {
        var copy = new RequestHead
        {
            _bytes = _bytes.AsSpan(0, Length).ToArray(),
            Method = Method,
            IsHttps = IsHttps,
            HasClientCertificate = HasClientCertificate,
            NamesHttps = NamesHttps,
            Version = Version,
            Framing = Framing,
            ContentLength = ContentLength,
            KeepAlive = KeepAlive,
            ExpectsContinue = ExpectsContinue,
            AcceptsTrailers = AcceptsTrailers,
            MaxForwards = MaxForwards,
            WebSocket = WebSocket,
            Length = Length,
            MethodRange = MethodRange,
            TargetRange = TargetRange,
            HostRange = HostRange,
        };
        Fields.CopyTo(copy.Fields, copy._bytes);
        return copy;
    }

    /// <summary>A copy that lives on its own and asks for the whole: HEAD becomes GET.</summary>
    public RequestHead DetachAsGet()
    {
        var copy = Detach();
        if (Method != KnownMethod.Head)
            return copy;
        copy.Method = KnownMethod.Get;
        "GET"u8.CopyTo(copy._bytes);
        copy.MethodRange = .."GET"u8.Length;
        return copy;
    }

    /// <summary>Appends a field of the proxy's own.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var start = Length;
        Length += name.Length + value.Length;
        if (_bytes.Length < Length)
        {
            Array.Resize(ref _bytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Length));
            Fields.Move(_bytes);
        }

        name.CopyTo(_bytes.AsSpan(start));
        value.CopyTo(_bytes.AsSpan(start + name.Length));
        Fields.Append(new FieldLine(start, name.Length, start + name.Length, value.Length, KnownFields.Of(name), IsOurs: true));
    }

    /// <summary>Puts another target in place of the one that was sent.</summary>
    /// <param name="target">It isn't longer.</param>
    public void ReplaceTarget(ReadOnlySpan<byte> target)
    {
        if (target.SequenceEqual(Target))
            return;
        var start = TargetRange.Start.Value;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, TargetRange.End.Value - start, nameof(target));
        target.CopyTo(_bytes.AsSpan(start));
        TargetRange = start..(start + target.Length);
    }

    /// <summary>Names the target, and gives it the root where it has a query without a path.</summary>
    internal void SetTarget(int position, int length)
    {
        TargetRange = position..(position + length);
        if (length == 0 || _bytes[position] != (byte)'?')
            return;
        // The query moves over the space that follows it, which nobody reads any more.
        _bytes.AsSpan(position, length).CopyTo(_bytes.AsSpan(position + 1));
        _bytes[position] = (byte)'/';
        TargetRange = position..(position + length + 1);
    }

    /// <summary>Takes a copy of the head's bytes, over which all ranges are set.</summary>
    internal void Load(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length < bytes.Length)
            _bytes = new byte[Math.Max(2048, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes.Length))];
        bytes.CopyTo(_bytes);
        Length = bytes.Length;
        Fields.Reset(_bytes);
        HostRange = default;
        TargetRange = default;
        MethodRange = default;
        IsHttps = false;
        HasClientCertificate = false;
        NamesHttps = false;
        WebSocket = null;
    }
}
