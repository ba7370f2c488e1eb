namespace TlsProxy.Ktls.Records;

/// <summary>How many records without data a peer may still send: alerts that are warnings, key updates, wishes for another handshake,
/// empty ones. Each costs us a decryption and some of them keys, for nothing. Progress keeps the credit full, and slowly time does
/// too.</summary>
internal struct ControlCredit
{
    /// <summary>The most such records at once.</summary>
    public const int Maximum = 32;

    /// <summary>Bytes sent that are worth one record.</summary>
    public const int SentBytes = 16384;

    /// <summary>Time that is worth one record.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(100);

    private const long TimeNanoseconds = 100_000_000;

    // The credit is full in a life that begins.
    private int _spent;
    private long _sentBytes;
    private long _nanoseconds;

    /// <summary>A record of data came.</summary>
    public void OnData()
    {
        if (_spent > 0)
            _spent--;
    }

    /// <summary>Takes a record without data.</summary>
    /// <param name="nanoseconds">The loop's time.</param>
    /// <param name="sentBytes">Bytes sent on the connection.</param>
    /// <returns>False when there are too many.</returns>
    public bool TryTake(long nanoseconds, long sentBytes)
    {
        // What is earned beyond a full credit is lost.
        if (_spent == 0)
            (_nanoseconds, _sentBytes) = (nanoseconds, sentBytes);
        Earn(ref _nanoseconds, nanoseconds, TimeNanoseconds);
        Earn(ref _sentBytes, sentBytes, SentBytes);
        if (_spent == Maximum)
            return false;
        _spent++;
        return true;
    }

    private void Earn(ref long counted, long now, long each)
    {
        var earned = (now - counted) / each;
        counted += earned * each;
        _spent -= (int)Math.Min(earned, _spent);
    }
}
