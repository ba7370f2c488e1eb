using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Clients;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Checks;

/// <summary>Judges an answer against the request that it is for: its head at once, its bytes as they come.</summary>
internal sealed class AnswerCheck
{
    private readonly SoakRequest _request;
    private readonly MessageHead _head;
    private readonly List<string> _wrong = [];
    private MemoryStream? _parts;
    private ulong _key;
    private long _offset;
    private long _end = -1;

    public AnswerCheck(SoakRequest request, MessageHead head)
    {
        _request = request;
        _head = head;
        JudgeHead();
    }

    /// <summary>The version that the origin gave it.</summary>
    public int Version { get; private set; }

    public string? Validator => _request.Target.HasTag ? _head["ETag"] : _head["Last-Modified"];

    /// <summary>Whether it is an error, or of a wrong length, which needs a failure of the origin.</summary>
    public bool NeedsExcuse { get; private set; }

    public IEnumerable<string> Wrong => _wrong;

    /// <summary>Checks the next bytes of the body.</summary>
    /// <returns>Whether there is any use in going on.</returns>
    public bool Accept(ReadOnlySpan<byte> bytes)
    {
        if (_parts is not null)
        {
            _parts.Write(bytes);
            return _parts.Length < 4 << 20;
        }
        if (_end < 0)
            return true;
        if (ContentBytes.FindDifference(_key, _offset, bytes) is var wrong && wrong >= 0)
        {
            _wrong.Add($"byte {wrong} is not of version {Version}");
            return false;
        }
        _offset += bytes.Length;
        return true;
    }

    /// <summary>Checks what only a whole answer can be checked for.</summary>
    public void End()
    {
        if (_parts is not null)
            JudgeParts(_parts.ToArray());
        else if (_end >= 0 && _request.Method != "HEAD" && _offset != _end)
            _wrong.Add($"it ends at {_offset} instead of {_end}");
    }

    private void JudgeHead()
    {
        NeedsExcuse = _head.Status >= 500;
        if (_head.Status is 502 or 504 && _head["X-Target"] is null)
            return;
        if (_head.Status == 304)
        {
            // By a date an older version counts as known too (RFC 9110, section 13.1.3).
            if (_request.Validator is null)
                _wrong.Add($"304 with {Validator} without a condition");
            // A 304 of the origin to a request that the proxy sent without the client's condition is passed on, whatever its tag.
            NeedsExcuse = _request.Target.HasTag && Validator != _request.Validator;
            return;
        }
        if (_head.Status == 416)
        {
            if (_request.Ranges.Count == 0)
                _wrong.Add("416 without a range");
            return;
        }
        if (_head.Status is not (200 or 206 or 503))
        {
            _wrong.Add("a status that nothing leads to");
            return;
        }
        JudgeFields();
        var length = _request.Target.LengthOf(Version);
        if (_head.Status == 206)
            JudgeRange(length);
        else
            (_offset, _end) = (0, _head.Status == 503 ? 100 : length);
        if (_head.Status == 200 && _head["Content-Length"] is { } told && told != length.ToString(CultureInfo.InvariantCulture))
            NeedsExcuse = true;
    }

    private void JudgeFields()
    {
        if (_head["X-Target"] != _request.Target.Path)
            _wrong.Add($"the answer of {_head["X-Target"]}");
        var variant = _head.Status == 503 ? "error" : _request.Variant;
        if (_head["X-Variant"] != variant)
            _wrong.Add($"the variant {_head["X-Variant"]} instead of {variant}");
        if (_request.Method == "POST" && _head["X-Got"] != _request.BodyLength.ToString(CultureInfo.InvariantCulture))
            _wrong.Add($"the origin got {_head["X-Got"]} of {_request.BodyLength} bytes");
        if (!int.TryParse(_head["X-Version"], CultureInfo.InvariantCulture, out var version)
            || !long.TryParse(_head["X-Generated"], CultureInfo.InvariantCulture, out var generated))
        {
            _wrong.Add("without the origin's fields");
            return;
        }
        Version = version;
        _key = ContentBytes.Key(_request.Target.Path, variant, version);
        if (_head.Status == 503)
            return;
        if (version < _request.LeastVersion)
            _wrong.Add($"version {version} after the client itself has posted {_request.LeastVersion}");
        if (AgeCheck.Find(_request, _head, generated) is { } age)
            _wrong.Add(age);
    }

    private void JudgeRange(long length)
    {
        if (_request.Ranges.Count == 0)
        {
            _wrong.Add("206 without a range");
        }
        else if (_head["Content-Type"]?.StartsWith("multipart/byteranges", StringComparison.Ordinal) == true)
        {
            _parts = new MemoryStream();
        }
        else if (!RangeCheck.TryParse(_head["Content-Range"], out var first, out var last, out var total))
        {
            _wrong.Add($"Content-Range {_head["Content-Range"]}");
        }
        else
        {
            if (total is { } told && told != length)
                (NeedsExcuse, length) = (true, told);
            (_offset, _end) = (first, last + 1);
            if (RangeCheck.FindMissing(_request.Ranges, [(first, last)], length) is { } missing)
                _wrong.Add(missing);
        }
    }

    private void JudgeParts(byte[] body)
    {
        var found = new List<(long First, long Last)>();
        var length = _request.Target.LengthOf(Version);
        foreach (var part in MultipartBody.Parse(_head, body))
        {
            if (!RangeCheck.TryParse(part.Head["Content-Range"], out var first, out var last, out _)
                || last - first + 1 != part.Body.Length)
                _wrong.Add($"a part with Content-Range {part.Head["Content-Range"]} and {part.Body.Length} bytes");
            else if (ContentBytes.FindDifference(_key, first, part.Body) is var wrong && wrong >= 0)
                _wrong.Add($"byte {wrong} of a part is not of version {Version}");
            found.Add((first, last));
        }
        if (RangeCheck.FindMissing(_request.Ranges, found, length) is { } missing)
            _wrong.Add(missing);
    }
}
