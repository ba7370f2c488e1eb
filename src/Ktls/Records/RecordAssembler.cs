using System.Buffers;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Records;

/// <summary>Cuts a stream of ciphertext into whole records. A cut record is kept in memory of at most a record's size; without one it
/// holds nothing.</summary>
internal sealed class RecordAssembler
{
    private byte[] _kept = [];
    private int _length;

    /// <summary>Bytes of a record that is still cut.</summary>
    public int Kept => _length;

    /// <summary>The cut record so far.</summary>
    public ReadOnlySpan<byte> KeptBytes => _kept.AsSpan(0, _length);

    /// <summary>Takes the next whole record off the input.</summary>
    /// <param name="input">What was received; it is moved over what was used, all of it when no record is whole.</param>
    /// <param name="record">Valid until the next call.</param>
    /// <param name="alert">Why the stream can't go on, or <see cref="TlsAlert.CloseNotify"/>.</param>
    /// <returns>Whether there is a record.</returns>
    public bool TryTake(RecordOpener opener, ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> record, out TlsAlert alert)
    {
        record = default;
        alert = TlsAlert.CloseNotify;
        if (_length == 0 && input.Length >= RecordFormat.HeaderLength)
        {
            var length = opener.LengthOf(input, out alert);
            if (alert != TlsAlert.CloseNotify)
                return false;
            if (input.Length >= length)
            {
                record = input[..length];
                input = input[length..];
                return true;
            }
        }

        if (!TryFill(RecordFormat.HeaderLength, ref input))
            return false;
        var whole = opener.LengthOf(_kept, out alert);
        if (alert != TlsAlert.CloseNotify || !TryFill(whole, ref input))
            return false;
        record = _kept.AsSpan(0, _length);
        _length = 0;
        return true;
    }

    /// <summary>Gives the memory back; to be called when a record taken is no longer looked at.</summary>
    public void Trim()
    {
        if (_length == 0)
            Clear();
    }

    public void Clear()
    {
        if (_kept.Length > 0)
            ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
        _length = 0;
    }

    private bool TryFill(int length, ref ReadOnlySpan<byte> input)
    {
        if (_length >= length)
            return true;
        var taken = Math.Min(length - _length, input.Length);
        if (taken > 0 && _kept.Length == 0)
            _kept = ArrayPool<byte>.Shared.Rent(RecordFormat.RecordMaximum);
        input[..taken].CopyTo(_kept.AsSpan(_length));
        _length += taken;
        input = input[taken..];
        return _length == length;
    }
}
