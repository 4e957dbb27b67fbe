{{ staging('ec2_images') }}
