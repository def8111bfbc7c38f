//! A proxy that speaks TLS for a server that does not, with a certificate of its own authority.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use waypath::{Path, PathBuf, TempDir};

/// Makes an authority and a certificate by it, says at which port it listens, and carries what arrives there.
const PROGRAM: &str = r#"
import asyncio, datetime, ipaddress, ssl, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

place, server = sys.argv[1], int(sys.argv[2])
now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)

def named(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

def certificate(subject, issuer, key, by, extensions):
    builder = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - day).not_valid_after(now + day)
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
with open(place + "/authority.pem", "wb") as file:
    file.write(certificate("authority", "authority", authority, authority, [(x509.BasicConstraints(True, None), True)]))
with open(place + "/own.pem", "wb") as file:
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
    file.write(certificate("own", "authority", own, authority, [(names, False), (usage, False)]))
    encoding, format = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write(own.private_bytes(encoding, format, serialization.NoEncryption()))

async def carry(reader, writer):
    try:
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()

async def connect(reader, writer):
    there_reader, there_writer = await asyncio.open_connection("127.0.0.1", server)
    await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))

async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place + "/own.pem")
    listener = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()

asyncio.run(main())
"#;

pub(crate) struct TlsProxy {
    pub(crate) endpoint: String,
    process: Child,
    place: TempDir,
}

impl TlsProxy {
    /// Stands before the server at an endpoint until this is dropped. Python is where the servers are.
    pub(crate) fn start(programs: &Path, endpoint: &str) -> Self {
        let place = TempDir::new().unwrap();
        let (_, port) = endpoint.rsplit_once(':').unwrap();
        let mut python = Command::new((programs / "python").as_str());
        python.args(["-c", PROGRAM, place.as_str(), port]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = python.spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = said.next().expect("the proxy did not begin").unwrap();
        Self { endpoint: format!("https://127.0.0.1:{port}"), process, place }
    }

    /// The certificate of the authority.
    pub(crate) fn authority(&self) -> PathBuf {
        &self.place / "authority.pem"
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
