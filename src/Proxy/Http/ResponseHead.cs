namespace TlsProxy.Proxy.Http;

/// <summary>The head of an origin's answer: its fields, with what its status line says. Both are one object, since each stored response has
/// one.</summary>
internal sealed class ResponseHead : FieldTable
{
    /// <summary>The status code, from 100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>The version it came in.</summary>
    public HttpVersion Version { get; init; } = HttpVersion.Http11;

    /// <summary>The fields as received, hop-by-hop ones included.</summary>
    public FieldTable Fields => this;

    /// <summary>The origin sent no Date: the one among the fields is the time of arrival.</summary>
    public bool LacksDate { get; set; }

    public BodyFraming Framing { get; set; }

    /// <summary>Bytes of the body when <see cref="Framing"/> is <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; set; }

    /// <summary>Whether the connection that the answer came on carries a further request; set by <see cref="ResponseParser"/>.</summary>
    public bool KeepsConnection { get; set; }

    /// <summary>Gives an answer without Date the time of its arrival (RFC 9110, section 6.6.1).</summary>
    public void AddMissingDate(DateTimeOffset arrival)
    {
        LacksDate = !Contains(KnownField.Date);
        if (!LacksDate)
            return;
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Write(date, arrival.ToUnixTimeSeconds());
        Add("Date"u8, date);
    }

    /// <summary>A copy with some of the fields.</summary>
    /// <param name="chooses">Whether the field line at an index is taken.</param>
    public ResponseHead Copy(Func<int, bool> chooses)
    {
        var copy = new ResponseHead { Status = Status, Version = Version, Framing = Framing, ContentLength = ContentLength };
        copy.Fields.AddFrom(Fields, chooses);
        return copy;
    }
}
