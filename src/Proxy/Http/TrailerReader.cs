using System.Diagnostics;

namespace TlsProxy.Proxy.Http;

/// <summary>Collects the trailer section of one chunked body, and reads it at its end (RFC 9112, section 7.1.2).</summary>
/// <param name="named">Names of <see cref="TrailerFields.NamedIn"/>, whose fields aren't passed on.</param>
internal sealed class TrailerReader(byte[] named)
{
    /// <summary>The most bytes of a section: the decoder lets no more pass.</summary>
    public const int BytesMaximum = ChunkedDecoder.OverheadMaximum;

    /// <summary>The most lines of a section: as many as a request's head may have.</summary>
    public const int FieldsMaximum = 128;

    /// <summary>What a section takes at most, as allocated: its bytes and where its fields lie.</summary>
    public const int AllocatedMaximum = BytesMaximum + (4 * 1024);

    // Most sections are shorter.
    private const int UsualBytes = 256;

    private byte[] _bytes = [];
    private int _length;
    private int _lines;

    /// <summary>Reads a section of a message whose head names nothing.</summary>
    public TrailerReader()
        : this([])
    {
    }

    /// <summary>Takes bytes of <see cref="ChunkedStep.Trailer"/>.</summary>
    /// <returns>False where the section exceeds its limits: the body is malformed.</returns>
    public bool TryTake(ReadOnlySpan<byte> piece)
    {
        _lines += piece.Count((byte)'\n');
        if (_lines > FieldsMaximum || piece.Length > BytesMaximum - _length)
            return false;
        if (_length + piece.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Min(BytesMaximum, Math.Max(UsualBytes, 2 * (_length + piece.Length))));
        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
        return true;
    }

    /// <summary>Reads the section, behind <see cref="ChunkedStep.End"/>.</summary>
    /// <returns>The fields that may be passed on, or null where there are none.</returns>
    public FieldTable? Finish()
    {
        var fields = new FieldTable();
        fields.Reset(_bytes);
        fields.Reserve(_lines);
        for (var position = 0; position < _length;)
        {
            var end = _bytes.AsSpan(position, _length - position).IndexOf("\r\n"u8);
            if (FieldLines.Append(_bytes.AsSpan(position, end), position, fields) is var refusal and not Refusal.None)
                throw new UnreachableException($"The decoder let a trailer pass that is refused: {refusal}.");
            position += end + 2;
        }

        for (var i = fields.Count - 1; i >= 0; i--)
        {
            if (!TrailerFields.MayPass(fields.Name(i)) || Tokens.Contains(named, fields.Name(i)))
                fields.Remove(i);
        }

        return fields.Count > 0 ? fields : null;
    }
}
